import { backoffMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import { TerminalError } from './controller.ts';
import type { Logger } from './logger.ts';
import { sleep } from './sleep.ts';

const BASE_MS = 500;
const MAX_MS = 30_000;

export interface UntilDoneDeps {
  clock: Clock;
  log: Logger;
  /** Between two tries; half a minute unless given. */
  maxDelayMs?: number;
}

/** Tries again, ever more slowly and with jitter, until it works; a `TerminalError` and an aborted signal end it. */
export async function untilDone<T>(
  deps: UntilDoneDeps,
  what: string,
  task: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      signal.throwIfAborted();
      return await task(signal);
    } catch (error) {
      if (error instanceof TerminalError || signal.aborted) throw error;
      const retryInMs = Math.round(backoffMs(failures, { baseMs: BASE_MS, maxMs: deps.maxDelayMs ?? MAX_MS }));
      deps.log.warn({ err: error, retryInMs }, `could not ${what}`);
      await sleep(deps.clock, retryInMs, signal);
    }
  }
}
