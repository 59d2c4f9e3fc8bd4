import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { canonicalQuantity, compareQuantities } from '../../../shared/apis/quantity.ts';
import { isDnsLabel, isPathSegment } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { statusAndMetadata } from '../registry/subresource-rules.ts';
import { SPEC_ANNOTATIONS, STATUS_ANNOTATIONS } from '../types/autoscaler-annotations.ts';
import { autoscalerAsV2 } from '../types/autoscaler-stored-form.ts';
import { forbidden, invalid, notSupported, required } from '../types/field-error.ts';
import { validateVersions } from './autoscaler-versions.ts';
import { containerResourceNameCauses } from './pod-spec/container-resources.ts';
import { mustBeNamed, NEGATIVE_TEXT, notNegative } from './pod-spec/field-rules.ts';

/** HorizontalPodAutoscalers, of both versions. Source: autoscaling/validation. Nothing here scales. */

interface Target {
  type?: string;
  value?: unknown;
  averageValue?: unknown;
  averageUtilization?: number;
}

interface Source {
  name?: string;
  container?: string;
  describedObject?: Reference;
  metric?: { name?: string };
  target?: Target;
}

interface Reference {
  apiVersion?: string;
  kind?: string;
  name?: string;
}

const SORTS = ['object', 'external', 'pods', 'resource', 'containerResource'] as const;
type Sort = (typeof SORTS)[number];
type Metric = { type?: string } & Partial<Record<Sort, Source>>;

interface Rules {
  stabilizationWindowSeconds?: number;
  selectPolicy?: string;
  tolerance?: unknown;
  policies?: { type?: string; value?: number; periodSeconds?: number }[];
}

interface AutoscalerSpec {
  minReplicas?: number;
  maxReplicas?: number;
  scaleTargetRef?: Reference;
  metrics?: Metric[];
  behavior?: { scaleUp?: Rules; scaleDown?: Rules };
}

/** As the newer version has it. */
const specOf = (object: Unstructured): AutoscalerSpec => {
  const recent = object.apiVersion === 'autoscaling/v1' ? autoscalerAsV2(object) : object;
  return (recent['spec'] ?? {}) as AutoscalerSpec;
};

export const autoscalerStrategy: Strategy = {
  prepareForCreate: (object) => keepAnnotations(object, undefined, STATUS_ANNOTATIONS),
  prepareForUpdate: (object, old) => keepAnnotations(object, old, STATUS_ANNOTATIONS),
  subresources: {
    status(object, old) {
      statusAndMetadata(object, old);
      keepAnnotations(object, old, SPEC_ANNOTATIONS);
    },
  },
  beforeStoring(object) {
    const status = object['status'] as { currentMetrics?: unknown[] | null } | undefined;
    if (status?.currentMetrics?.length === 0) status.currentMetrics = null;
  },
  validate: (object) => validateSpec(specOf(object)),
  validateCreate: (object) => validateVersions(specOf(object), undefined),
  validateSubresource: (object, _old, subresource) => (subresource === 'status' ? validateStatus(object) : []),
  validateUpdate: (object, old) => validateVersions(specOf(object), specOf(old)),
};

/** What an endpoint can't change stays also where the older version has it, in annotations. */
function keepAnnotations({ metadata }: Unstructured, old: Unstructured | undefined, names: readonly string[]): void {
  const annotations = { ...metadata.annotations };
  for (const name of names) {
    const before = old?.metadata.annotations?.[name];
    if (before === undefined) delete annotations[name];
    else annotations[name] = before;
  }
  if (Object.keys(annotations).length > 0) metadata.annotations = annotations;
  else delete metadata.annotations;
}

function validateStatus(object: Unstructured): StatusCause[] {
  const { currentReplicas, desiredReplicas } = (object['status'] ?? {}) as Record<string, number | undefined>;
  return [
    ...notNegative('status.currentReplicas', currentReplicas),
    ...notNegative('status.desiredReplicas', desiredReplicas),
  ];
}

function validateSpec(spec: AutoscalerSpec): StatusCause[] {
  const { metrics = [], behavior = {} } = spec;
  return [
    ...validateReplicas(spec),
    ...validateZero(spec),
    ...validateReference(spec.scaleTargetRef ?? {}, 'spec.scaleTargetRef'),
    ...metrics.flatMap((metric, index) => validateMetric(metric, `spec.metrics[${index}]`)),
    ...(behavior.scaleUp ? validateRules(behavior.scaleUp, 'spec.behavior.scaleUp') : []),
    ...(behavior.scaleDown ? validateRules(behavior.scaleDown, 'spec.behavior.scaleDown') : []),
  ];
}

function validateReplicas({ minReplicas: min, maxReplicas: max = 0 }: AutoscalerSpec): StatusCause[] {
  const isMore = min !== undefined && max < min;
  const text = 'must be greater than or equal to 1';
  return [
    ...(min !== undefined && min < 1 ? [invalid('spec.minReplicas', min, text)] : []),
    ...(max === 0 ? [required('spec.maxReplicas', 'must be set and greater than 0')] : []),
    ...(max < 0 ? [invalid('spec.maxReplicas', max, text)] : []),
    ...(isMore ? [invalid('spec.maxReplicas', max, 'must be greater than or equal to `minReplicas`')] : []),
  ];
}

/** From nothing only what is outside of the pods can tell that they are wanted. */
function validateZero({ minReplicas, metrics = [] }: AutoscalerSpec): StatusCause[] {
  const isTold = metrics.some(({ type }) => type === 'Object' || type === 'External');
  if (minReplicas !== 0 || isTold) return [];
  const why = 'must specify at least one Object or External metric to support scaling to zero replicas';
  return [forbidden('spec.metrics', why)];
}

function validateReference({ kind, name }: Reference, field: string): StatusCause[] {
  return [...mustBeNamed(`${field}.kind`, kind, isPathSegment), ...mustBeNamed(`${field}.name`, name, isPathSegment)];
}

const TYPES: Readonly<Record<string, Sort>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};

function validateMetric(metric: Metric, field: string): StatusCause[] {
  const { type = '' } = metric;
  const present = SORTS.filter((sort) => metric[sort] !== undefined);
  const [first] = present;
  const wanted = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  const unknown = notSupported(`${field}.type`, type, Object.keys(TYPES));
  const others = present.length === 1 ? [] : present.filter((sort) => sort !== wanted);
  return [
    ...(type === '' ? [required(`${field}.type`, 'must specify a metric source type')] : []),
    // Twice, as upstream says it.
    ...(wanted ? [] : [unknown, unknown]),
    ...(first ? validateSource(first, metric[first] ?? {}, `${field}.${first}`) : []),
    ...(wanted && !metric[wanted]
      ? [required(`${field}.${wanted}`, 'must populate information for the given metric source')]
      : []),
    ...others.map((sort) => forbidden(`${field}.${sort}`, 'must populate the given metric source only')),
  ];
}

function validateSource(sort: Sort, source: Source, field: string): StatusCause[] {
  const target = validateTarget(source.target ?? {}, `${field}.target`);
  switch (sort) {
    case 'object':
      return [
        ...validateReference(source.describedObject ?? {}, `${field}.describedObject`),
        ...validateIdentifier(source, field),
        ...target,
        ...missingValue(source, field, 'must set either a target value or averageValue'),
      ];
    case 'external':
      return [
        ...validateIdentifier(source, field),
        ...target,
        ...missingValue(source, field, 'must set either a target value for metric or a per-pod target'),
        ...bothValues(source, field),
      ];
    case 'pods':
      return [...validateIdentifier(source, field), ...target, ...missingAverage(source, field)];
    case 'resource':
      return [...missingName(source, field), ...target, ...validateUtilization(source, field)];
    case 'containerResource':
      return [
        ...missingName(source, field),
        ...(source.name ? containerResourceNameCauses(source.name, `${field}.name`) : []),
        ...(source.container
          ? mustBeNamed(`${field}.container`, source.container, isDnsLabel)
          : [required(`${field}.container`, 'must specify a container')]),
        ...target,
        ...validateUtilization(source, field),
      ];
  }
}

const missingName = ({ name }: Source, field: string): StatusCause[] =>
  name ? [] : [required(`${field}.name`, 'must specify a resource name')];

function missingValue({ target = {} }: Source, field: string, why: string): StatusCause[] {
  const hasValue = target.value !== undefined || target.averageValue !== undefined;
  return hasValue ? [] : [required(`${field}.target.averageValue`, why)];
}

function missingAverage({ target = {} }: Source, field: string): StatusCause[] {
  const why = 'must specify a positive target averageValue';
  return target.averageValue === undefined ? [required(`${field}.target.averageValue`, why)] : [];
}

function bothValues({ target = {} }: Source, field: string): StatusCause[] {
  const isBoth = target.value !== undefined && target.averageValue !== undefined;
  const why = 'may not set both a target value for metric and a per-pod target';
  return isBoth ? [forbidden(`${field}.target.value`, why)] : [];
}

function validateUtilization({ target = {} }: Source, field: string): StatusCause[] {
  const [raw, relative] = [target.averageValue !== undefined, target.averageUtilization !== undefined];
  const neither = 'must set either a target raw value or a target utilization';
  const both = 'may not set both a target raw value and a target utilization';
  return [
    ...(raw || relative ? [] : [required(`${field}.target.averageUtilization`, neither)]),
    ...(raw && relative ? [forbidden(`${field}.target.averageValue`, both)] : []),
  ];
}

/** Its selector is for the metrics' own API to judge. */
function validateIdentifier({ metric = {} }: Source, field: string): StatusCause[] {
  return metric.name
    ? mustBeNamed(`${field}.metric.name`, metric.name, isPathSegment)
    : [required(`${field}.metric.name`, 'must specify a metric name')];
}

function validateTarget({ type = '', value, averageValue, averageUtilization }: Target, field: string): StatusCause[] {
  const types = ['Utilization', 'Value', 'AverageValue'];
  const text = 'must be either Utilization, Value, or AverageValue';
  const isLow = averageUtilization !== undefined && averageUtilization < 1;
  return [
    ...(type === '' ? [required(`${field}.type`, 'must specify a metric target type')] : []),
    ...(types.includes(type) ? [] : [invalid(`${field}.type`, type, text)]),
    ...notPositive(value, `${field}.value`),
    ...notPositive(averageValue, `${field}.averageValue`),
    ...(isLow ? [invalid(`${field}.averageUtilization`, averageUtilization, 'must be greater than 0')] : []),
  ];
}

function notPositive(quantity: unknown, field: string): StatusCause[] {
  if (quantity === undefined || compareQuantities(quantity, '0') > 0) return [];
  return [invalid(field, canonicalQuantity(String(quantity)) ?? String(quantity), 'must be positive')];
}

function validateTolerance(tolerance: unknown, field: string): StatusCause[] {
  if (tolerance === undefined || compareQuantities(tolerance, '0') >= 0) return [];
  return [invalid(field, canonicalQuantity(String(tolerance)) ?? String(tolerance), NEGATIVE_TEXT)];
}

const MAX_PERIOD = 1800;
const MAX_WINDOW = 3600;

function validateRules(rules: Rules, field: string): StatusCause[] {
  const { stabilizationWindowSeconds: window = 0, selectPolicy, policies = [] } = rules;
  const selections = ['Disabled', 'Max', 'Min'];
  const place = `${field}.stabilizationWindowSeconds`;
  const isKnown = selectPolicy === undefined || selections.includes(selectPolicy);
  return [
    ...(window < 0 ? [invalid(place, window, 'must be greater than or equal to zero')] : []),
    ...(window > MAX_WINDOW ? [invalid(place, window, `must be less than or equal to ${MAX_WINDOW}`)] : []),
    ...(isKnown ? [] : [notSupported(`${field}.selectPolicy`, selectPolicy, selections)]),
    ...(policies.length === 0 ? [required(`${field}.policies`, 'must specify at least one Policy')] : []),
    ...validateTolerance(rules.tolerance, `${field}.tolerance`),
    ...policies.flatMap(({ type = '', value = 0, periodSeconds = 0 }, index) => {
      const at = `${field}.policies[${index}]`;
      const types = ['Percent', 'Pods'];
      const tooLong = `must be less than or equal to ${MAX_PERIOD}`;
      return [
        ...(types.includes(type) ? [] : [notSupported(`${at}.type`, type, types)]),
        ...(value > 0 ? [] : [invalid(`${at}.value`, value, 'must be greater than zero')]),
        ...(periodSeconds > 0 ? [] : [invalid(`${at}.periodSeconds`, periodSeconds, 'must be greater than zero')]),
        ...(periodSeconds > MAX_PERIOD ? [invalid(`${at}.periodSeconds`, periodSeconds, tooLong)] : []),
      ];
    }),
  ];
}
