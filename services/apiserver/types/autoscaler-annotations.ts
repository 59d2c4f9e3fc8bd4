import { currentAsV1, currentAsV2, type Metric, metricAsV1, metricAsV2 } from './autoscaler-metrics.ts';
import type { GoStruct, GoType } from './go-struct.ts';
import { readGoJson, writeGoJson } from './go-struct.ts';

/** What `autoscaling/v1` has no fields for, as it stands in annotations. Source: Kubernetes' conversion of autoscaling/v1. */

const PREFIX = 'autoscaling.alpha.kubernetes.io/';

export const METRICS = `${PREFIX}metrics`;
export const CURRENT_METRICS = `${PREFIX}current-metrics`;
export const BEHAVIOR = `${PREFIX}behavior`;
export const CONDITIONS = `${PREFIX}conditions`;

/** They are the conversion's own: nobody else's text stays in them. */
const OWN: ReadonlySet<string> = new Set([
  METRICS,
  CURRENT_METRICS,
  BEHAVIOR,
  CONDITIONS,
  `${PREFIX}scale-down-tolerance`,
  `${PREFIX}scale-up-tolerance`,
]);

export function withoutOwn(annotations: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => !OWN.has(name)));
}

/** What of the spec and of the status stands in annotations. */
export const SPEC_ANNOTATIONS = [METRICS, BEHAVIOR] as const;
export const STATUS_ANNOTATIONS = [CURRENT_METRICS, CONDITIONS] as const;

type Field = GoStruct['fields'][number];
const zero = (name: string, type: GoType): Field => ({ name, type, unset: 'zero' });
const omitted = (name: string, type: GoType): Field => ({ name, type, unset: 'omitted' });
const orNull = (name: string, type: GoType): Field => ({ name, type, unset: 'null' });
const struct = (...fields: Field[]): GoStruct => ({ fields });

const reference = struct(zero('kind', 'string'), zero('name', 'string'), omitted('apiVersion', 'string'));
const requirement = struct(zero('key', 'string'), zero('operator', 'string'), omitted('values', { list: 'string' }));
const selector = struct(omitted('matchLabels', { map: 'string' }), omitted('matchExpressions', { list: requirement }));

const ofObject = (value: string): GoStruct =>
  struct(
    zero('target', reference),
    zero('metricName', 'string'),
    zero(value, 'quantity'),
    omitted('selector', selector),
    omitted('averageValue', 'quantity'),
  );
const ofPods = (value: string): GoStruct =>
  struct(zero('metricName', 'string'), zero(value, 'quantity'), omitted('selector', selector));
const targetOfResource = [
  zero('name', 'string'),
  omitted('targetAverageUtilization', 'int32'),
  omitted('targetAverageValue', 'quantity'),
];
const currentOfResource = [
  zero('name', 'string'),
  omitted('currentAverageUtilization', 'int32'),
  zero('currentAverageValue', 'quantity'),
];
const container = zero('container', 'string');
const nameOfExternal = [zero('metricName', 'string'), omitted('metricSelector', selector)];

const metric = struct(
  zero('type', 'string'),
  omitted('object', ofObject('targetValue')),
  omitted('pods', ofPods('targetAverageValue')),
  omitted('resource', struct(...targetOfResource)),
  omitted('containerResource', struct(...targetOfResource, container)),
  omitted(
    'external',
    struct(...nameOfExternal, omitted('targetValue', 'quantity'), omitted('targetAverageValue', 'quantity')),
  ),
);
const current = struct(
  zero('type', 'string'),
  omitted('object', ofObject('currentValue')),
  omitted('pods', ofPods('currentAverageValue')),
  omitted('resource', struct(...currentOfResource)),
  omitted('containerResource', struct(...currentOfResource, container)),
  omitted(
    'external',
    struct(...nameOfExternal, zero('currentValue', 'quantity'), omitted('currentAverageValue', 'quantity')),
  ),
);
const condition = struct(
  zero('type', 'string'),
  zero('status', 'string'),
  zero('lastTransitionTime', 'time'),
  omitted('reason', 'string'),
  omitted('message', 'string'),
);
/** Upstream writes its inner type, whose fields have no names of their own for JSON. */
const policy = struct(zero('Type', 'string'), zero('Value', 'int32'), zero('PeriodSeconds', 'int32'));
const rules = struct(
  orNull('StabilizationWindowSeconds', 'int32'),
  orNull('SelectPolicy', 'string'),
  orNull('Policies', { list: policy }),
  orNull('Tolerance', 'quantity'),
);
const behavior = struct(orNull('ScaleUp', rules), orNull('ScaleDown', rules));

export const writeMetrics = (metrics: readonly Metric[]): string =>
  writeGoJson({ list: metric }, metrics.map(metricAsV1));
export const writeCurrentMetrics = (metrics: readonly Metric[]): string =>
  writeGoJson({ list: current }, metrics.map(currentAsV1));
export const writeConditions = (conditions: readonly unknown[]): string => writeGoJson({ list: condition }, conditions);
export const writeBehavior = (value: unknown): string => writeGoJson(behavior, renamed(value, upperFirst));

/** Undefined where there are none, or a text that is none. */
export const readMetrics = (text: string | undefined): Metric[] | undefined => readList(metric, text)?.map(metricAsV2);
export const readCurrentMetrics = (text: string | undefined): Metric[] | undefined =>
  readList(current, text)?.map(currentAsV2);
export const readConditions = (text: string | undefined): unknown[] | undefined => readList(condition, text);

export function readBehavior(text: string | undefined): object | undefined {
  const found = text === undefined ? undefined : (readGoJson(behavior, text)?.value as object | undefined);
  return found && Object.keys(found).length > 0 ? (renamed(found, lowerFirst) as object) : undefined;
}

function readList(type: GoStruct, text: string | undefined): Metric[] | undefined {
  const found = text === undefined ? undefined : readGoJson({ list: type }, text);
  return found && ((found.value ?? []) as Metric[]);
}

const upperFirst = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** Every field, all the way down. */
function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, below]) => [rename(name), renamed(below, rename)]));
}
