import { Counter, Gauge, type Registry as MetricsRegistry } from 'prom-client';
import type { Middleware, RequestInfo, ServerResponse } from '../request.ts';
import { isLongRunning } from './long-running.ts';
import { addDuration, type Durations, newDurations, registerDurations } from './request-durations.ts';
import { isStream, onceEnded, type StreamResponse } from './stream-end.ts';

/** Counts and durations of requests under upstream's metric names. Above what makes answers of errors, so that it counts what clients are told. */
export function newRequestMetrics(registry: MetricsRegistry): Middleware {
  const inFlight: InFlight = { readOnly: 0, mutating: 0 };
  const series = newSeries();
  const metrics = newMetrics(registry, series, inFlight);
  return async (context, next) => {
    const { info } = context;
    const startMs = performance.now();
    const kind = isReading(info) ? 'readOnly' : 'mutating';
    inFlight[kind] += 1;
    const response = await next(context).finally(() => {
      inFlight[kind] -= 1;
    });
    const one = series.of(info, response.status);
    one.count += 1;
    if (!isLongRunning(info)) addDuration(one.durations, (performance.now() - startMs) / 1000);
    return isStream(response) ? counted(response, metrics.longRunning, one.labels) : response;
  };
}

type InFlight = Record<'readOnly' | 'mutating', number>;

/** Requests that are alike. They are counted here, and given to the metrics when those are read: they look up their labels each time. */
interface Alike {
  labels: Labels;
  code: number;
  /** Since the metrics were last read. */
  count: number;
  /** Of all with these labels, whatever the code. */
  durations: Durations;
}

interface Series {
  of(info: RequestInfo, code: number): Alike;
  all(): Iterable<Alike>;
  durations(): Iterable<Durations>;
}

function newSeries(): Series {
  const labelsOf = newLabels();
  const series = new Map<string, Alike>();
  const durations = new Map<string, Durations>();
  const durationsOf = (labels: Labels): Durations => {
    const key = Object.values(labels).join('/');
    const known = durations.get(key) ?? newDurations(labels);
    durations.set(key, known);
    return known;
  };
  const add = (info: RequestInfo, code: number): Alike => {
    const labels = labelsOf(info, code);
    const key = labels.resource === '' ? `${labels.verb} ${code}` : keyOf(info, code);
    const alike = series.get(key) ?? { labels, code, count: 0, durations: durationsOf(labels) };
    series.set(key, alike);
    return alike;
  };
  return {
    of: (info, code) => series.get(keyOf(info, code)) ?? add(info, code),
    all: () => series.values(),
    durations: () => durations.values(),
  };
}

/** No part of a path has a slash in it. */
function keyOf(info: RequestInfo, code: number): string {
  const { verb, group, version, resource, subresource } = info;
  return `${verb}/${group}/${version}/${resource}/${subresource}/${scopeOf(info)}/${code}`;
}

const LABELS = ['verb', 'group', 'version', 'resource', 'subresource', 'scope'] as const;
type Labels = Record<(typeof LABELS)[number], string>;
type LabelGauge = Gauge<(typeof LABELS)[number]>;

function newMetrics(registry: MetricsRegistry, series: Series, inFlight: InFlight) {
  const registers = [registry];
  registerDurations(registry, series.durations);
  return {
    total: new Counter({
      name: 'apiserver_request_total',
      help: 'Requests by what they were about and how they were answered.',
      labelNames: [...LABELS, 'code'],
      registers,
      collect() {
        for (const alike of series.all()) {
          if (alike.count > 0) this.inc({ ...alike.labels, code: alike.code }, alike.count);
          alike.count = 0;
        }
      },
    }),
    inFlight: new Gauge({
      name: 'apiserver_current_inflight_requests',
      help: 'Requests that wait for their answer.',
      labelNames: ['request_kind'],
      registers,
      collect() {
        for (const [kind, count] of Object.entries(inFlight)) this.set({ request_kind: kind }, count);
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
    const { group, version, resource, subresource } = info;
    const verb = KNOWN_VERBS.includes(info.verb) ? info.verb.toUpperCase() : 'OTHER';
    const key = [group, version, resource, subresource].join('/');
    if (info.isResource && status < 400) known.add(key);
    if (!known.has(key)) return { verb, group: '', version: '', resource: '', subresource: '', scope: '' };
    return { verb, group, version, resource, subresource, scope: scopeOf(info) };
  };
}

const scopeOf = ({ name, namespace }: RequestInfo): string =>
  name === '' ? (namespace === '' ? 'cluster' : 'namespace') : 'resource';

function counted(response: StreamResponse, gauge: LabelGauge, labels: Labels): ServerResponse {
  gauge.inc(labels);
  return { ...response, body: onceEnded(response.body, () => gauge.dec(labels)) };
}
