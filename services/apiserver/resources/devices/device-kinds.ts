import type { ObjectMeta, StatusCause, Unstructured } from '../../../../shared/apis/meta/v1.ts';
import { countingDefinition } from '../../cel/compile-steps.ts';
import type { Strategy } from '../../registry/strategy.ts';
import { ALL_FIXED } from '../../registry/subresource-rules.ts';
import { invalid } from '../../types/field-error.ts';
import { validateClaimMetadata, withoutEmptyLists } from '../template-metadata.ts';
import { adminAccessCauses, claimStatusRights } from './claim-rights.ts';
import { prepareClaimStatus, statusOf, validateClaimStatus } from './device-claim-status.ts';
import { type ClaimSpec, specChange, validateDeviceClaim } from './device-claims.ts';
import { type DeviceConfiguration, validateConfiguration } from './device-configurations.ts';
import { listCauses } from './device-names.ts';
import { validateSelectors } from './device-requests.ts';

/** The kinds of dynamic resource allocation that ask for devices. Nothing here gives any. */

interface ClassSpec {
  selectors?: Parameters<typeof validateSelectors>[0];
  config?: DeviceConfiguration[];
  extendedResourceName?: string;
}

const specOf = <T>(object: Unstructured): T => (object['spec'] ?? {}) as T;
const MAX_CONFIGURATIONS = 32;

export const resourceClaimStrategy: Strategy = {
  returnsDeletedObject: true,
  fixedInStatus: ALL_FIXED,
  validateRights(object, old, write) {
    if (!old) return adminAccessCauses(specOf<ClaimSpec>(object), write);
    return write.subresource === 'status' ? claimStatusRights(statusOf(object), statusOf(old), write) : [];
  },
  validateCreate: (object) => validateDeviceClaim(specOf<ClaimSpec>(object), 'spec'),
  validateUpdate: specChange,
  subresources: { status: prepareClaimStatus },
  validateSubresource: validateClaimStatus,
};

export const claimTemplateStrategy: Strategy = {
  returnsDeletedObject: true,
  validateRights: (object, old, write) =>
    old ? [] : adminAccessCauses(specOf<TemplateSpec>(object).spec ?? {}, write),
  validate: (object) => validateTemplate(specOf<TemplateSpec>(object)),
  validateUpdate: (object, old) => specChange(compared(object), old),
};

interface TemplateSpec {
  metadata?: ObjectMeta;
  spec?: ClaimSpec;
}

function compared(object: Unstructured): Unstructured {
  const { metadata = {}, ...spec } = specOf<TemplateSpec>(object);
  return { ...object, spec: { ...spec, metadata: withoutEmptyLists(metadata) } };
}

function validateTemplate({ metadata = {}, spec = {} }: TemplateSpec): StatusCause[] {
  return [...validateClaimMetadata(metadata, 'spec.metadata'), ...validateDeviceClaim(spec, 'spec.spec')];
}

export const deviceClassStrategy: Strategy = {
  returnsDeletedObject: true,
  validate: (object) => validateClass(specOf<ClassSpec>(object)),
};

function validateClass({ selectors = [], config = [], extendedResourceName: name }: ClassSpec): StatusCause[] {
  return [
    ...countingDefinition(() => validateSelectors(selectors, 'spec.selectors')),
    ...listCauses(config, { field: 'spec.config', max: MAX_CONFIGURATIONS, item: validateConfiguration }),
    ...(name === undefined || isExtendedResource(name)
      ? []
      : [invalid('spec.extendedResourceName', name, 'must be a valid extended resource name')]),
  ];
}

const EXTENDED =
  /^(?=.{1,253}\/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** One that is neither Kubernetes' own nor begins as the name of a quota. */
function isExtendedResource(name: string): boolean {
  const isOwn = !name.includes('/') || name.includes('kubernetes.io/');
  return !isOwn && !name.startsWith('requests.') && EXTENDED.test(name);
}
