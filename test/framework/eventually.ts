import { setTimeout as delay } from 'node:timers/promises';

/** Waiting in tests: polling with a deadline, never a sleep. */

const POLL_MS = 25;
/** Generous, as a slow machine is no failure: several times the half minute that what waits longest takes. What is right is seen much sooner. */
const DEADLINE_MS = 180_000;

/**
 * Calls `probe` until it returns something other than undefined or false, and returns that. Errors of the probe count as "not yet"; the last one is told when
 * the time is up.
 */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  deadlineMs: number = DEADLINE_MS,
): Promise<T> {
  const endMs = Date.now() + deadlineMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= endMs) throw new Error(`not within ${deadlineMs / 1000} s: ${what}`, { cause: last });
    await delay(POLL_MS);
  }
}

/** Resolves if `probe` holds all the time; for what must not happen. Short: it is waited for to the end. */
export async function throughout(
  what: string,
  durationMs: number,
  probe: () => Promise<boolean> | boolean,
): Promise<void> {
  const endMs = Date.now() + durationMs;
  while (Date.now() < endMs) {
    if (!(await probe())) throw new Error(`did not stay so: ${what}`);
    await delay(POLL_MS);
  }
}
