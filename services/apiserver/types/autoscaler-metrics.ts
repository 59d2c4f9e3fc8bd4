import { compareQuantities } from '../../../shared/apis/quantity.ts';

/**
 * Metrics of autoscalers between `autoscaling/v2` and the form that `v1` keeps in annotations. What the older form has no place for is lost. Source: Kubernetes' conversion
 * of autoscaling/v1.
 */

const SORTS = ['object', 'pods', 'resource', 'containerResource', 'external'] as const;
type Sort = (typeof SORTS)[number];

/** Of either form. */
export type Metric = { type?: string } & Partial<Record<Sort, Part>>;
type Part = Record<string, unknown>;

interface Values {
  type?: string;
  value?: unknown;
  averageValue?: unknown;
  averageUtilization?: unknown;
}

type Conversion = Readonly<Record<Sort, (part: Part) => Part>>;

const partOf = <T extends object>(part: Part, name: string): Partial<T> => (part[name] ?? {}) as Partial<T>;
const identifier = (part: Part) => partOf<{ name: string; selector: object }>(part, 'metric');
const resourceName = ({ name, container }: Part): Part => ({ name, container });

function converted(conversion: Conversion, metric: Metric): Metric {
  const out: Metric = { type: metric.type ?? '' };
  for (const sort of SORTS) {
    const part = metric[sort];
    if (part) out[sort] = present(conversion[sort](part));
  }
  return out;
}

/** Without what is not set. */
function present(part: Part): Part {
  const set = Object.entries(part).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set.map(([name, value]) => [name, NESTED.has(name) ? present(value as Part) : value]));
}

const NESTED: ReadonlySet<string> = new Set(['target', 'current', 'metric', 'describedObject']);

export const metricAsV1 = (metric: Metric): Metric =>
  converted(
    {
      object: (part) => objectAsV1(part, 'target', 'targetValue'),
      pods: (part) => podsAsV1(part, 'target', 'targetAverageValue'),
      resource: (part) => resourceAsV1(part, 'target'),
      containerResource: (part) => resourceAsV1(part, 'target'),
      external: (part) => externalAsV1(part, 'target'),
    },
    metric,
  );

export const currentAsV1 = (metric: Metric): Metric =>
  converted(
    {
      object: (part) => objectAsV1(part, 'current', 'currentValue'),
      pods: (part) => podsAsV1(part, 'current', 'currentAverageValue'),
      resource: (part) => resourceAsV1(part, 'current'),
      containerResource: (part) => resourceAsV1(part, 'current'),
      external: (part) => externalAsV1(part, 'current'),
    },
    metric,
  );

type Of = 'target' | 'current';

function objectAsV1(part: Part, of: Of, name: string): Part {
  const { value, averageValue } = partOf<Values>(part, of);
  const { name: metricName, selector } = identifier(part);
  return { target: part['describedObject'], metricName, [name]: value, selector, averageValue };
}

function podsAsV1(part: Part, of: Of, name: string): Part {
  const { name: metricName, selector } = identifier(part);
  return { metricName, [name]: partOf<Values>(part, of).averageValue, selector };
}

function resourceAsV1(part: Part, of: Of): Part {
  const { averageUtilization, averageValue } = partOf<Values>(part, of);
  return {
    ...resourceName(part),
    [`${of}AverageUtilization`]: averageUtilization,
    [`${of}AverageValue`]: averageValue,
  };
}

function externalAsV1(part: Part, of: Of): Part {
  const { value, averageValue } = partOf<Values>(part, of);
  const { name: metricName, selector } = identifier(part);
  return { metricName, metricSelector: selector, [`${of}Value`]: value, [`${of}AverageValue`]: averageValue };
}

export const metricAsV2 = (metric: Metric): Metric =>
  converted(
    {
      object: (part) => ({ ...describedBy(part), target: objectTarget(part) }),
      pods: (part) => ({
        metric: named(part, 'selector'),
        target: { type: 'AverageValue', averageValue: part['targetAverageValue'] ?? '0' },
      }),
      resource: (part) => ({ ...resourceName(part), target: resourceTarget(part) }),
      containerResource: (part) => ({ ...resourceName(part), target: resourceTarget(part) }),
      external: (part) => ({ metric: named(part, 'metricSelector'), target: externalTarget(part) }),
    },
    metric,
  );

export const currentAsV2 = (metric: Metric): Metric =>
  converted(
    {
      object: (part) => ({
        ...describedBy(part),
        current: { value: part['currentValue'] ?? '0', averageValue: part['averageValue'] },
      }),
      pods: (part) => ({
        metric: named(part, 'selector'),
        current: { averageValue: part['currentAverageValue'] ?? '0' },
      }),
      resource: (part) => ({ ...resourceName(part), current: resourceCurrent(part) }),
      containerResource: (part) => ({ ...resourceName(part), current: resourceCurrent(part) }),
      external: (part) => ({
        metric: named(part, 'metricSelector'),
        current: { value: part['currentValue'] ?? '0', averageValue: part['currentAverageValue'] },
      }),
    },
    metric,
  );

const named = (part: Part, selector: string): Part => ({ name: part['metricName'] ?? '', selector: part[selector] });

function describedBy(part: Part): Part {
  const { kind = '', name = '', apiVersion } = partOf<Record<string, string>>(part, 'target');
  return { describedObject: { kind, name, apiVersion }, metric: named(part, 'selector') };
}

/** A zero beside an average is what the older form has of a value that is not set. */
function objectTarget({ targetValue = '0', averageValue }: Part): Values {
  if (averageValue === undefined) return { type: 'Value', value: targetValue };
  const isSet = compareQuantities(targetValue, '0') !== 0;
  return { type: 'AverageValue', averageValue, ...(isSet ? { value: targetValue } : {}) };
}

const resourceTarget = (part: Part): Values => ({
  type: part['targetAverageUtilization'] === undefined ? 'AverageValue' : 'Utilization',
  averageValue: part['targetAverageValue'],
  averageUtilization: part['targetAverageUtilization'],
});

const resourceCurrent = (part: Part): Values => ({
  averageValue: part['currentAverageValue'] ?? '0',
  averageUtilization: part['currentAverageUtilization'],
});

const externalTarget = (part: Part): Values => ({
  type: part['targetValue'] === undefined ? 'AverageValue' : 'Value',
  value: part['targetValue'],
  averageValue: part['targetAverageValue'],
});
