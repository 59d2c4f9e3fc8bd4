import type { Clock } from './clock.ts';

/** Time that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves on by so many ms, running what falls due in order, and lets promises settle after each. */
  advance(ms: number): Promise<void>;
  /** The machine's time is set to another one: by so many ms, and nothing falls due. */
  set(byMs: number): void;
  /** How many timers are waiting. */
  pending(): number;
}

interface Timer {
  dueMs: number;
  order: number;
  task: () => void;
}

export function newFakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  let nowMs = startMs;
  let offMs = 0;
  let order = 0;
  const timers = new Set<Timer>();
  const nextUntil = (endMs: number): Timer | undefined => {
    const due = [...timers].filter((timer) => timer.dueMs <= endMs);
    return due.sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
  };
  return {
    now: () => nowMs + offMs,
    monotonic: () => nowMs,
    set: (byMs) => {
      offMs += byMs;
    },
    pending: () => timers.size,
    setTimeout: (task, delayMs) => {
      const timer = { dueMs: nowMs + Math.max(0, delayMs), order: order++, task };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: async (ms) => {
      const endMs = nowMs + ms;
      await settle();
      for (let timer = nextUntil(endMs); timer; timer = nextUntil(endMs)) {
        timers.delete(timer);
        nowMs = Math.max(nowMs, timer.dueMs);
        timer.task();
        await settle();
      }
      nowMs = endMs;
    },
  };
}

/** Lets everything that only waits for promises go on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
