import type { Histogram, Registry as MetricsRegistry } from 'prom-client';

/**
 * How long requests took, as a histogram: counted here, and given out when it is read. prom-client's own makes a text of the labels, and one of the bucket, with
 * each observation.
 */
export interface Durations {
  readonly labels: Readonly<Record<string, string>>;
  /** Of each bucket alone; at the end of what was longer than all. */
  readonly counts: number[];
  sumSeconds: number;
}

const NAME = 'apiserver_request_duration_seconds';
const BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function newDurations(labels: Durations['labels']): Durations {
  return { labels, counts: [...BUCKETS.map(() => 0), 0], sumSeconds: 0 };
}

export function addDuration(durations: Durations, seconds: number): void {
  const bucket = BUCKETS.findIndex((most) => seconds <= most);
  const at = bucket < 0 ? BUCKETS.length : bucket;
  durations.counts[at] = (durations.counts[at] ?? 0) + 1;
  durations.sumSeconds += seconds;
}

export function registerDurations(registry: MetricsRegistry, all: () => Iterable<Durations>): void {
  const metric = {
    name: NAME,
    get: async () => ({
      name: NAME,
      help: 'Time to the answer, watches left out.',
      type: 'histogram',
      values: [...all()].flatMap(samplesOf),
    }),
  };
  // A registry asks nothing else of a metric, but its types know prom-client's own ones only.
  registry.registerMetric(metric as unknown as Histogram);
}

/** Nothing of what was never observed. */
function samplesOf({ labels, counts, sumSeconds }: Durations) {
  let count = 0;
  const buckets = counts.map((own, at) => {
    count += own;
    return { metricName: `${NAME}_bucket`, labels: { le: BUCKETS[at] ?? '+Inf', ...labels }, value: count };
  });
  if (count === 0) return [];
  return [
    ...buckets,
    { metricName: `${NAME}_sum`, labels, value: sumSeconds },
    { metricName: `${NAME}_count`, labels, value: count },
  ];
}
