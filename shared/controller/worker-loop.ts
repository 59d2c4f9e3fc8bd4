import { isConflict, isStatusError } from '../apis/meta/status-error.ts';
import { type KeyedBackoff, newKeyedBackoff } from './backoff.ts';
import { type Controller, type ControllerOptions, type ReconcileResult, TerminalError } from './controller.ts';
import { newWorkqueue, type Workqueue } from './workqueue.ts';

/** Makes a controller: the one worker loop of the product. */
export function newController(options: ControllerOptions): Controller {
  const queue = newWorkqueue(options.clock);
  const backoff = newKeyedBackoff(options.backoff);
  return {
    name: options.name,
    enqueue: (key) => queue.add(key),
    enqueueAfter: (key, delayMs) => queue.addAfter(key, delayMs),
    depth: () => queue.length(),
    run: (signal) => run(options, queue, backoff, signal),
  };
}

async function run(
  options: ControllerOptions,
  queue: Workqueue,
  backoff: KeyedBackoff,
  signal: AbortSignal,
): Promise<void> {
  const shutDown = (): void => queue.shutDown();
  if (signal.aborted) shutDown();
  signal.addEventListener('abort', shutDown, { once: true });
  const unsubscribe = options.sources.map((source) => source.subscribe((key) => queue.add(key)));
  try {
    await untilSynced(options, signal);
    if (signal.aborted) return;
    unsubscribe.push(...wakers(options, queue, backoff));
    await runWorkers(options, (key) => handle(options, queue, backoff, { key, signal }), queue);
  } finally {
    for (const stop of unsubscribe) stop();
    queue.shutDown();
    signal.removeEventListener('abort', shutDown);
  }
}

/** What failed is tried again soon after, not all of it at once: others have waited for the same. */
const WAKE_SPREAD_MS = 2000;

function wakers({ wakes = [] }: ControllerOptions, queue: Workqueue, backoff: KeyedBackoff): (() => void)[] {
  const wake = (): void => {
    for (const key of backoff.ease()) queue.addAfter(key, WAKE_SPREAD_MS * Math.random());
  };
  return wakes.flatMap((subscribe) => subscribe(wake) ?? []);
}

/** A source that ends before it synced is an error only while the controller is meant to run. */
async function untilSynced(options: ControllerOptions, signal: AbortSignal): Promise<void> {
  const synced = Promise.all(options.sources.map((source) => source.synced()));
  try {
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => resolve();
      signal.addEventListener('abort', abort, { once: true });
      synced.then(() => resolve(), reject).finally(() => signal.removeEventListener('abort', abort));
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

const SLOW_PER_WORKER = 8;

/** Resolves when the queue is shut and the last reconcile has ended. */
function runWorkers(
  { concurrency = 1, slowAfterMs, clock }: ControllerOptions,
  handleKey: (key: string) => Promise<void>,
  queue: Workqueue,
): Promise<void> {
  let running = 0;
  let slow = 0;
  return new Promise((resolve, reject) => {
    /** Whether another worker has taken the place of this one meanwhile. */
    const handleInTime = async (key: string): Promise<boolean> => {
      if (slowAfterMs === undefined) return handleKey(key).then(() => false);
      let isReplaced = false;
      const cancel = clock.setTimeout(() => {
        if (slow >= concurrency * SLOW_PER_WORKER) return;
        isReplaced = true;
        slow += 1;
        start();
      }, slowAfterMs);
      await handleKey(key).finally(cancel);
      if (isReplaced) slow -= 1;
      return isReplaced;
    };
    const work = async (): Promise<void> => {
      for (let key = await queue.next(); key !== undefined; key = await queue.next()) {
        const isReplaced = await handleInTime(key);
        queue.done(key);
        if (isReplaced) return;
      }
    };
    const start = (): void => {
      running += 1;
      work().then(() => {
        running -= 1;
        if (running === 0) resolve();
      }, reject);
    };
    for (let worker = 0; worker < concurrency; worker += 1) start();
  });
}

async function handle(
  options: ControllerOptions,
  queue: Workqueue,
  backoff: KeyedBackoff,
  { key, signal }: { key: string; signal: AbortSignal },
): Promise<void> {
  try {
    const result: ReconcileResult | undefined = await options.reconcile(key, signal);
    backoff.forget(key);
    if (result?.requeueAfterMs !== undefined) queue.addAfter(key, result.requeueAfterMs);
  } catch (error) {
    if (signal.aborted) return;
    if (isTerminal(error)) {
      backoff.forget(key);
      options.log.warn(
        { controller: options.name, key, err: error },
        'reconcile failed; not tried again before a change',
      );
      return;
    }
    const retryInMs = Math.round(Math.max(backoff.next(key), askedForMs(error)));
    const fields = { controller: options.name, key, err: error, retryInMs };
    if (isConflict(error)) options.log.debug(fields, 'somebody else wrote first; looking again');
    else options.log.warn(fields, 'reconcile failed');
    queue.addAfter(key, retryInMs);
  }
}

const MAX_ASKED_FOR_MS = 10 * 60_000;

/** How long a server that is overloaded wants to be left alone. */
function askedForMs(error: unknown): number {
  const seconds: unknown = isStatusError(error) ? error.status.details?.retryAfterSeconds : undefined;
  return typeof seconds === 'number' ? Math.min(seconds * 1000, MAX_ASKED_FOR_MS) : 0;
}

/** By name too: bundles have their own copies of the class. */
function isTerminal(error: unknown): boolean {
  return error instanceof TerminalError || (error instanceof Error && error.name === 'TerminalError');
}
