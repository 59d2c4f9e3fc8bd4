import { backoffMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import { TerminalError } from './controller.ts';
import type { Logger } from './logger.ts';
import { sleep } from './sleep.ts';

const RETRY = { baseMs: 500, maxMs: 30_000 };

/** Tries again, ever more slowly and with jitter, until it works; a `TerminalError` and an aborted signal end it. */
export async function untilDone<T>(
  deps: { clock: Clock; log: Logger },
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
      const retryInMs = Math.round(backoffMs(failures, RETRY));
      deps.log.warn({ err: error, retryInMs }, `could not ${what}`);
      await sleep(deps.clock, retryInMs, signal);
    }
  }
}
