import { Counter, Gauge, Histogram, type Registry as MetricsRegistry } from 'prom-client';
import type { Middleware, RequestInfo, ServerResponse } from '../request.ts';
import { isLongRunning } from './long-running.ts';
import { isStream, onceEnded, type StreamResponse } from './stream-end.ts';

/** Counts and durations of requests under upstream's metric names. Outermost, so that it sees what the client sees. */
export function newRequestMetrics(registry: MetricsRegistry): Middleware {
  const counts = newCounts();
  const metrics = newMetrics(registry, counts);
  const labelsOf = newLabels();
  return async (context, next) => {
    const stop = metrics.duration.startTimer();
    const kind = isReading(context.info) ? 'readOnly' : 'mutating';
    counts.inFlight[kind] += 1;
    const response = await next(context);
    counts.inFlight[kind] -= 1;
    const labels = labelsOf(context.info, response.status);
    counts.add({ ...labels, code: response.status });
    if (!isLongRunning(context.info)) stop(labels);
    return isStream(response) ? counted(response, metrics.longRunning, labels) : response;
  };
}

/** What is counted with every request, and given to the metrics when they are read: they look up their labels each time. */
interface Counts {
  inFlight: { readOnly: number; mutating: number };
  add(labels: TotalLabels): void;
  /** What was added since the last time. */
  take(): Iterable<{ labels: TotalLabels; count: number }>;
}

type TotalLabels = Labels & { code: number };

function newCounts(): Counts {
  let added = new Map<string, { labels: TotalLabels; count: number }>();
  return {
    inFlight: { readOnly: 0, mutating: 0 },
    add: (labels) => {
      const { verb, group, version, resource, subresource, scope, code } = labels;
      const key = `${verb} ${group} ${version} ${resource} ${subresource} ${scope} ${code}`;
      const known = added.get(key);
      if (known) known.count += 1;
      else added.set(key, { labels, count: 1 });
    },
    take: () => {
      const taken = added.values();
      added = new Map();
      return taken;
    },
  };
}

const LABELS = ['verb', 'group', 'version', 'resource', 'subresource', 'scope'] as const;
type Labels = Record<(typeof LABELS)[number], string>;
type LabelGauge = Gauge<(typeof LABELS)[number]>;

function newMetrics(registry: MetricsRegistry, counts: Counts) {
  const registers = [registry];
  return {
    total: new Counter({
      name: 'apiserver_request_total',
      help: 'Requests by what they were about and how they were answered.',
      labelNames: [...LABELS, 'code'],
      registers,
      collect() {
        for (const { labels, count } of counts.take()) this.inc(labels, count);
      },
    }),
    duration: new Histogram({
      name: 'apiserver_request_duration_seconds',
      help: 'Time to the answer, watches left out.',
      labelNames: LABELS,
      buckets: [0.005, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    }),
    inFlight: new Gauge({
      name: 'apiserver_current_inflight_requests',
      help: 'Requests that wait for their answer.',
      labelNames: ['request_kind'],
      registers,
      collect() {
        for (const [kind, count] of Object.entries(counts.inFlight)) this.set({ request_kind: kind }, count);
      },
    }),
    longRunning: new Gauge({
      name: 'apiserver_longrunning_requests',
      help: 'Watches that are open.',
      labelNames: LABELS,
      registers,
    }),
  };
}

const READING = ['get', 'list', 'watch', 'head'];
const isReading = ({ verb }: RequestInfo): boolean => READING.includes(verb);

const OTHER_VERBS = ['create', 'update', 'patch', 'delete', 'deletecollection', 'post', 'put', 'options'];
const KNOWN_VERBS = [...READING, ...OTHER_VERBS];

/** What clients make up gets no series of its own: resources are named once they have answered well. */
function newLabels(): (info: RequestInfo, status: number) => Labels {
  const known = new Set<string>();
  return (info, status) => {
    const { group, version, resource, subresource, name, namespace } = info;
    const verb = KNOWN_VERBS.includes(info.verb) ? info.verb.toUpperCase() : 'OTHER';
    const key = [group, version, resource, subresource].join('/');
    if (info.isResource && status < 400) known.add(key);
    if (!known.has(key)) return { verb, group: '', version: '', resource: '', subresource: '', scope: '' };
    const scope = name === '' ? (namespace === '' ? 'cluster' : 'namespace') : 'resource';
    return { verb, group, version, resource, subresource, scope };
  };
}

function counted(response: StreamResponse, gauge: LabelGauge, labels: Labels): ServerResponse {
  gauge.inc(labels);
  return { ...response, body: onceEnded(response.body, () => gauge.dec(labels)) };
}
