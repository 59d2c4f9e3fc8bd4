import type { Clock } from '../shared/controller/clock.ts';
import { sleep } from '../shared/controller/sleep.ts';

export interface PollOptions {
  clock: Clock;
  signal: AbortSignal;
  everyMs: number;
  deadlineMs: number;
  /** Completes the sentence "timed out waiting for …"; a function is asked when the time is up. */
  waitingFor: string | (() => string);
}

/** Asks again and again until there is an answer. Throws when the deadline has passed or the signal aborts. */
export async function pollUntil<T>(options: PollOptions, ask: () => Promise<T | undefined>): Promise<T> {
  const { clock, signal, everyMs, deadlineMs, waitingFor } = options;
  const end = clock.now() + deadlineMs;
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (clock.now() >= end) {
      const what = typeof waitingFor === 'string' ? waitingFor : waitingFor();
      throw new Error(`timed out after ${Math.round(deadlineMs / 1000)} s waiting for ${what}`);
    }
    await sleep(clock, everyMs, signal);
  }
}
