import { setMaxListeners } from 'node:events';
import { expect, test } from 'vitest';
import { CLUSTER_FINALIZER, type Cluster, clusters } from '../shared/apis/cluster/v1alpha1.ts';
import { type Work, works } from '../shared/apis/work/v1alpha1.ts';
import { newKubeClient } from '../shared/client/kube-client.ts';
import { newOutage } from '../shared/client/outage.ts';
import { type Transport, TransportError, type TransportRequest } from '../shared/client/transport.ts';
import type { Clock } from '../shared/controller/clock.ts';
import { newInformer } from '../shared/controller/list-watch-informer.ts';
import { silentLogger } from '../shared/controller/silent-logger.ts';
import { newController } from '../shared/controller/worker-loop.ts';
import { newHeartbeatController } from './cluster/heartbeat-controller.ts';

/**
 * Agents whose hub comes back, having forgotten every version that they watched from, and which takes so many requests a second and sends the others away: how
 * their lists and status writes spread, and when the last one has told what it had to tell. FLEET_AGENTS=1000 shows it for a large fleet, with figures.
 */

const AGENTS = Number(process.env['FLEET_AGENTS'] ?? 100);
const AWAY_MS = 2 * 60_000;
const BACK_WITHIN_MS = 45_000;
const TAKEN_PER_SECOND = AGENTS * 0.6;
const RETRY_AFTER_SECONDS = 1;

/** Of the event loop, in which all that only waits for promises goes on. */
const TURNS = 3;

/** Time in steps; much quicker than one that sorts its timers. */
function newSteppedClock(stepMs: number) {
  const due = new Map<number, Set<() => void>>();
  let step = 0;
  const clock: Clock = {
    now: () => step * stepMs,
    monotonic: () => step * stepMs,
    setTimeout: (task, delayMs) => {
      const at = step + Math.max(1, Math.ceil(delayMs / stepMs));
      const tasks = due.get(at) ?? new Set();
      due.set(at, tasks.add(task));
      return () => tasks.delete(task);
    },
  };
  const advance = async (ms: number): Promise<void> => {
    for (const end = step + ms / stepMs; step < end; ) {
      step += 1;
      const tasks = due.get(step);
      due.delete(step);
      for (const task of tasks ?? []) task();
      for (let turn = 0; turn < TURNS; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };
  return { clock, advance };
}

interface Asked {
  atMs: number;
  what: 'list' | 'status' | 'heartbeat' | 'watch';
}

function newBusyHub(clock: Clock) {
  const taken: Asked[] = [];
  const sentAway = new Map<string, number>();
  const cuts = new Set<() => void>();
  let isUp = true;
  let second = -1;
  let left = 0;
  let tooSoon = 0;

  const isTaken = (who: string): boolean => {
    const now = clock.now();
    if (now < (sentAway.get(who) ?? Number.NEGATIVE_INFINITY) + RETRY_AFTER_SECONDS * 1000) tooSoon += 1;
    if (Math.floor(now / 1000) !== second) [second, left] = [Math.floor(now / 1000), TAKEN_PER_SECOND];
    left -= 1;
    if (left < 0) sentAway.set(who, now);
    else sentAway.delete(who);
    return left >= 0;
  };

  /** Of one agent; every watch begins with a list, for no version is known any more. */
  const newTransport = (agent: number): Transport => {
    const listeners = new Set<() => void>();
    const tell = (): void => {
      for (const listener of listeners) listener();
    };
    const outage = newOutage(clock, tell);
    let isConnected = false;
    cuts.add(() => {
      isConnected = false;
    });
    const request = async (asked: TransportRequest) => {
      if (!isUp) {
        outage.failed();
        throw new TransportError('connection refused');
      }
      if (!isConnected) {
        isConnected = true;
        tell();
      }
      outage.answered();
      const what = whatIs(asked);
      if (!isTaken(`${agent} ${asked.method} ${asked.path}`))
        return answer(429, {}, { 'retry-after': `${RETRY_AFTER_SECONDS}` });
      taken.push({ atMs: clock.now(), what });
      if (what === 'status' || what === 'heartbeat') return answer(200, JSON.parse(`${asked.body ?? '{}'}`));
      if (what === 'watch') return answer(410, { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 });
      return { status: 200, headers: {}, body: watched(objectOf(asked.path, agent), cuts) };
    };
    return {
      request,
      onConnect: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close: async () => {},
    };
  };
  const setUp = (up: boolean): void => {
    isUp = up;
    if (!up) for (const cut of [...cuts]) cut();
  };
  return { newTransport, setUp, taken, tooSoon: () => tooSoon };
}

function whatIs({ method, path }: TransportRequest): Asked['what'] {
  if (path.includes('leases')) return 'heartbeat';
  if (method === 'PUT') return 'status';
  return path.includes('sendInitialEvents=true') ? 'list' : 'watch';
}

function objectOf(path: string, agent: number): object {
  const name = path.includes('/works') ? 'w' : `m${agent}`;
  const metadata = { name, namespace: `karmada-es-m${agent}`, uid: name, resourceVersion: '5', generation: 1 };
  const finalizers = [CLUSTER_FINALIZER];
  return { kind: path.includes('/works') ? 'Work' : 'Cluster', metadata: { ...metadata, finalizers }, spec: {} };
}

const bytes = (value: object): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value)}\n`);

function answer(status: number, body: object, headers: Record<string, string> = {}) {
  async function* once(): AsyncGenerator<Uint8Array> {
    yield bytes(body);
  }
  return { status, headers, body: once() };
}

/** One object, the end of the list, and then nothing until the hub goes away. */
async function* watched(object: object, cuts: Set<() => void>): AsyncGenerator<Uint8Array> {
  yield bytes({ type: 'ADDED', object });
  const metadata = { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } };
  yield bytes({ type: 'BOOKMARK', object: { metadata } });
  await new Promise<void>((resolve) => cuts.add(resolve));
  throw new TransportError('connection reset');
}

/** The parts of an agent that ask the hub by themselves. */
function startAgent(transport: Transport, name: string, clock: Clock, signal: AbortSignal) {
  const log = silentLogger;
  const client = newKubeClient({ transport, clock });
  const namespace = `karmada-es-${name}`;
  const worksOf = newInformer<Work>({ client, type: works, namespace, clock, log });
  const cluster = newInformer<Cluster>({ client, type: clusters, fieldSelector: `metadata.name=${name}`, clock, log });
  let toldAt = 0;
  let isDirty = false;
  const status = newController({
    name: 'work-status',
    sources: [],
    backoff: { baseMs: 20, maxMs: 30_000 },
    wakes: [(wake) => transport.onConnect?.(wake)],
    clock,
    log,
    reconcile: async (_key, aborted) => {
      if (!isDirty) return undefined;
      const metadata = { name: 'w', namespace };
      const work = { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata, spec: {} } as Work;
      await client.update(works, work, { subresource: 'status', signal: aborted });
      toldAt = clock.now();
      isDirty = false;
      return undefined;
    },
  });
  const lease = { namespace: 'karmada-cluster', leaseDurationSeconds: 40, renewIntervalFraction: 0.25 };
  const heartbeat = newHeartbeatController({ hub: client, clock, log, newController }, { ...lease, name }, cluster);
  for (const part of [worksOf, cluster, status, heartbeat]) part.run(signal).catch(() => {});
  worksOf.synced().catch(() => {});
  const changed = (): void => {
    isDirty = true;
    status.enqueue('w');
  };
  return { changed, toldAt: () => toldAt };
}

/** The most of them within one second, whichever. */
function most(asked: Asked[]): number {
  const bySecond = new Map<number, number>();
  for (const { atMs } of asked) {
    const second = Math.floor(atMs / 1000);
    bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
  }
  return Math.max(0, ...bySecond.values());
}

test('agents of a hub that comes back spread out, obey Retry-After, and have told all they have to tell within seconds', async () => {
  const { clock, advance } = newSteppedClock(100);
  const hub = newBusyHub(clock);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const agents = Array.from({ length: AGENTS }, (_, index) =>
    startAgent(hub.newTransport(index), `m${index}`, clock, stop.signal),
  );
  await advance(15_000);
  hub.setUp(false);
  await advance(100);
  for (const agent of agents) agent.changed();
  await advance(AWAY_MS);
  hub.taken.length = 0;
  const backAt = clock.now();
  hub.setUp(true);
  await advance(BACK_WITHIN_MS);
  stop.abort();
  const of = (what: Asked['what']): Asked[] => hub.taken.filter((asked) => asked.what === what);
  const lags = agents.map(({ toldAt }) => toldAt() - backAt).sort((a, b) => a - b);
  if (process.env['FLEET_AGENTS']) tell({ lists: most(of('list')), statuses: most(of('status')) }, lags);
  expect(lags.filter((lag) => lag <= 0)).toEqual([]);
  expect(of('list').length).toBeGreaterThanOrEqual(2 * AGENTS);
  expect(most(of('list'))).toBeLessThan(AGENTS); // a quarter of them in the busiest second, by rights
  expect(hub.tooSoon()).toBe(0);
}, 120_000);

/** For whoever asks for a fleet of some size by FLEET_AGENTS. */
function tell(busiestSecond: object, lags: number[]): void {
  const share = (part: number): number => (lags[Math.floor(part * (lags.length - 1))] ?? 0) / 1000;
  const seconds = { half: share(0.5), ninetyNine: share(0.99), last: share(1) };
  process.stdout.write(`${JSON.stringify({ agents: AGENTS, busiestSecond, seconds })}\n`);
}
