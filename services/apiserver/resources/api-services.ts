import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isDns1035Label, isDnsSubdomain, isPathSegment } from '../registry/object-names.ts';
import { timestamp } from '../registry/registry.ts';
import type { Strategy } from '../registry/strategy.ts';
import { ALL_FIXED } from '../registry/subresource-rules.ts';
import { invalid, notSupported, required } from '../types/field-error.ts';
import { isPort, PORT_TEXT } from './port-number.ts';

/** APIServices. Nothing here passes requests on to other servers. Source: kube-aggregator, apiregistration/validation. */

interface ApiServiceSpec {
  group?: string;
  version?: string;
  groupPriorityMinimum?: number;
  versionPriority?: number;
  service?: { namespace?: string; name?: string; port?: number } | null;
  /** Base64. */
  caBundle?: string | null;
  insecureSkipTLSVerify?: boolean;
}

const specOf = (object: Unstructured): ApiServiceSpec => (object['spec'] ?? {}) as ApiServiceSpec;
const isOfAnother = (object: Unstructured): boolean => Boolean(specOf(object).service);

const NOT_PASSED_ON = 'this API server passes no requests on to others';
const LOCAL = { status: 'True', reason: 'Local', message: 'Local APIServices are always available' };
const REMOTE = { status: 'False', reason: 'NotPassedOn', message: NOT_PASSED_ON };

export const apiServiceStrategy: Strategy = {
  nameRule: isPathSegment,
  allowsUnconditionalUpdate: false,
  fixedInStatus: ALL_FIXED,
  warningsOf: (object) => (isOfAnother(object) ? [`${NOT_PASSED_ON}: what the APIService names is not served`] : []),
  prepareForCreate(object, { nowMs }) {
    const condition = { type: 'Available', ...(isOfAnother(object) ? REMOTE : LOCAL) };
    object['status'] = { conditions: [{ ...condition, lastTransitionTime: timestamp(nowMs) }] };
  },
  validate: (object) => [...nameCauses(object), ...validateSpec(specOf(object))],
  validateSubresource: validateStatus,
};

function nameCauses({ metadata: { name = '' }, ...object }: Unstructured): StatusCause[] {
  const { group = '', version = '' } = (object['spec'] ?? {}) as ApiServiceSpec;
  const wanted = `${version}.${group}`;
  const text = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`;
  return name === wanted || isPathSegment(name).length > 0 ? [] : [invalid('metadata.name', name, text)];
}

function validateSpec(spec: ApiServiceSpec): StatusCause[] {
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0 } = spec;
  return [
    ...(group === '' && version !== 'v1'
      ? [required('spec.group', 'only v1 may have an empty group and it better be legacy kube')]
      : []),
    ...(group === '' ? [] : causesOf('spec.group', group, isDnsSubdomain(group))),
    ...causesOf('spec.version', version, isDns1035Label(version)),
    ...priorityCauses('spec.groupPriorityMinimum', groupPriorityMinimum, 20_000),
    ...priorityCauses('spec.versionPriority', versionPriority, 1000),
    ...(spec.service ? remoteCauses(spec, spec.service) : localCauses(spec)),
  ];
}

const priorityCauses = (field: string, priority: number, most: number): StatusCause[] =>
  priority > 0 && priority <= most ? [] : [invalid(field, priority, `must be positive and less than ${most}`)];

function localCauses({ caBundle, insecureSkipTLSVerify }: ApiServiceSpec): StatusCause[] {
  const size = Buffer.from(caBundle ?? '', 'base64').length;
  const skips = 'local APIServices may not have insecureSkipTLSVerify';
  return [
    ...(size > 0 ? [invalid('spec.caBundle', `${size} bytes`, 'local APIServices may not have a caBundle')] : []),
    ...(insecureSkipTLSVerify ? [invalid('spec.insecureSkipTLSVerify', true, skips)] : []),
  ];
}

function remoteCauses({ caBundle, insecureSkipTLSVerify }: ApiServiceSpec, service: object): StatusCause[] {
  const { namespace, name, port = 0 } = service as NonNullable<ApiServiceSpec['service']>;
  const both = 'may not be true if caBundle is present';
  return [
    ...(namespace ? [] : [required('spec.service.namespace')]),
    ...(name ? [] : [required('spec.service.name')]),
    ...(isPort(port) ? [] : [invalid('spec.service.port', port, `port is not valid: ${PORT_TEXT}`)]),
    ...(insecureSkipTLSVerify && caBundle ? [invalid('spec.insecureSkipTLSVerify', true, both)] : []),
  ];
}

const STATUSES = ['False', 'True', 'Unknown'];

function validateStatus(object: Unstructured): StatusCause[] {
  const { conditions } = (object['status'] ?? {}) as { conditions?: { status?: string }[] | null };
  return (conditions ?? []).flatMap(({ status = '' }, index) =>
    STATUSES.includes(status) ? [] : [notSupported(`status.conditions[${index}].status`, status, STATUSES)],
  );
}
