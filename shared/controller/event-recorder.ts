import { createHash } from 'node:crypto';
import { type Event, events } from '../apis/core/v1.ts';
import { isAlreadyExists, isNotFound } from '../apis/meta/status-error.ts';
import type { KubeObject } from '../apis/meta/v1.ts';
import type { KubeClient } from '../client/client.ts';
import type { Clock } from './clock.ts';
import { rfc3339 } from './conditions.ts';
import type { Logger } from './logger.ts';

/** What a user reads under "Events" of an object. */
export interface EventText {
  type: 'Normal' | 'Warning';
  /** CamelCase, stable. */
  reason: string;
  message: string;
}

export interface EventRecorder {
  /** Never throws and is not waited for: an event that can't be written is logged and holds nobody up. */
  record(object: KubeObject, text: EventText): void;
  /** Resolves when what was recorded so far is written or given up. */
  flush(): Promise<void>;
}

export interface EventRecorderOptions {
  client: KubeClient;
  /** Who says it, e.g. `karmada-agent`. */
  component: string;
  clock: Clock;
  log: Logger;
}

/** Per object, as client-go's spam filter: a burst, then one every five minutes. */
const BURST = 25;
const REFILL_MS = 5 * 60_000;
/** Of all events: some at once, then so many a second. They are the least of what a server has to take, and those that wait too long a line are dropped. */
const AT_ONCE = 50;
const EACH_MS = 50;
const MAX_WAITING = 1000;
/** Texts remembered, so that the same one again is a count and not a new event. */
const MAX_REMEMBERED = 4096;

/** Writes core/v1 Events; the same one again raises the count of the first. Those of cluster-scoped objects are in namespace `default`. */
export function newEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, clock, log } = options;
  const counts = new Map<string, number>();
  const allow = newDamper(clock);
  const pace = newPace(clock);
  let waiting = 0;
  let queue: Promise<void> = Promise.resolve();
  const write = async (event: Event): Promise<void> => {
    await pace();
    const name = event.metadata.name ?? '';
    remember(counts, name, await writeOrCount(client, event, counts.get(name)));
  };
  return {
    record: (object, text) => {
      if (!allow(`${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`)) return;
      if (waiting >= MAX_WAITING) return log.debug({ reason: text.reason }, 'too many events wait; one is left out');
      const event = newEvent(object, text, options.component, clock.now());
      waiting += 1;
      queue = queue
        .then(() => write(event))
        .catch((error: unknown) => log.debug({ err: error, reason: text.reason }, 'an event could not be written'))
        .finally(() => {
          waiting -= 1;
        });
    },
    flush: () => queue,
  };
}

/** How often the event has been said by now, `said` times before. */
async function writeOrCount(client: KubeClient, event: Event, said: number | undefined): Promise<number> {
  if (said !== undefined) {
    try {
      return await patchCount(client, event, said + 1);
    } catch (error) {
      if (!isNotFound(error)) throw error; // it expired: said anew
    }
  }
  try {
    await client.create(events, event);
    return 1;
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    // The answer tells the count: who may write events may not always read them.
    const { count = 1 } = await patch(client, event, {});
    return patchCount(client, event, count + 1);
  }
}

async function patchCount(client: KubeClient, event: Event, count: number): Promise<number> {
  await patch(client, event, { count });
  return count;
}

function patch(client: KubeClient, { metadata, lastTimestamp }: Event, change: Partial<Event>): Promise<Event> {
  const { name = '', namespace = '' } = metadata;
  return client.patch(events, { name, namespace }, { type: 'merge', patch: { ...change, lastTimestamp } });
}

function remember(counts: Map<string, number>, name: string, count: number): void {
  counts.delete(name);
  counts.set(name, count);
  const [oldest] = counts.keys();
  if (counts.size > MAX_REMEMBERED && oldest !== undefined) counts.delete(oldest);
}

/** The name is made of what is said, so that a process that was started anew goes on counting. */
function newEvent(object: KubeObject, text: EventText, component: string, nowMs: number): Event {
  const { name = '', namespace, uid } = object.metadata;
  const said = JSON.stringify([component, object.kind, uid ?? '', text.type, text.reason, text.message]);
  const digest = createHash('sha256').update(said).digest('hex').slice(0, 16);
  const time = rfc3339(nowMs);
  const about = { apiVersion: object.apiVersion, kind: object.kind, name };
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${digest}`, namespace: namespace ?? 'default' },
    involvedObject: { ...about, ...(namespace ? { namespace } : {}), ...(uid ? { uid } : {}) },
    ...text,
    source: { component },
    reportingComponent: component,
    reportingInstance: '',
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

/** Resolves when the next may go. */
function newPace(clock: Clock): () => Promise<void> {
  let nextMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const nowMs = clock.monotonic();
    nextMs = Math.max(nextMs, nowMs - (AT_ONCE - 1) * EACH_MS);
    const waitMs = nextMs - nowMs;
    nextMs += EACH_MS;
    if (waitMs > 0) await new Promise<void>((resolve) => clock.setTimeout(resolve, waitMs));
  };
}

function newDamper(clock: Clock): (key: string) => boolean {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return (key) => {
    const nowMs = clock.monotonic();
    const bucket = buckets.get(key) ?? { tokens: BURST, atMs: nowMs };
    const tokens = Math.min(BURST, bucket.tokens + (nowMs - bucket.atMs) / REFILL_MS);
    buckets.delete(key);
    buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs: nowMs });
    const [oldest] = buckets.keys();
    if (buckets.size > MAX_REMEMBERED && oldest !== undefined) buckets.delete(oldest);
    return tokens >= 1;
  };
}
