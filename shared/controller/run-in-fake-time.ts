import type { FakeClock } from './fake-clock.ts';

/** Keys, files and threads take real time, on a slow machine seconds of it; a test that fails ends a little before its runner ends it. */
const REAL_LIMIT_MS = 25_000;

/**
 * For tests: settles as `work` does, while time goes on by `stepMs` as fast as it is waited for. `beforeStep` holds it up, for what must not be late.
 */
export async function runInFakeTime<T>(
  clock: FakeClock,
  work: Promise<T>,
  stepMs: number,
  beforeStep: () => Promise<unknown> = async () => {},
): Promise<T> {
  let isOver = false;
  const running = work.finally(() => {
    isOver = true;
  });
  running.catch(() => undefined);
  const endMs = performance.now() + REAL_LIMIT_MS;
  while (!isOver && performance.now() < endMs) {
    await new Promise((resolve) => setImmediate(resolve));
    await beforeStep();
    await clock.advance(stepMs);
  }
  if (!isOver) throw new Error(`not over after ${REAL_LIMIT_MS / 1000} s of real time`);
  return running;
}
