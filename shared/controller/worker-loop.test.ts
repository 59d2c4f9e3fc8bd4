import { describe, expect, test } from 'vitest';
import { newTooManyRequests } from '../apis/meta/status-error.ts';
import { type ControllerOptions, type Source, TerminalError } from './controller.ts';
import { newFakeClock } from './fake-clock.ts';
import { silentLogger } from './silent-logger.ts';
import { newController } from './worker-loop.ts';

function run(reconcile: ControllerOptions['reconcile'], options: Partial<ControllerOptions> = {}) {
  const clock = newFakeClock();
  const stop = new AbortController();
  const controller = newController({ name: 'test', sources: [], reconcile, clock, log: silentLogger, ...options });
  return { clock, controller, stop, running: controller.run(stop.signal) };
}

describe('a controller', () => {
  test('looks at each key, and again when a source names it', async () => {
    const seen: string[] = [];
    let tell: (key: string) => void = () => {};
    const source: Source = {
      name: 's',
      synced: async () => {},
      subscribe: (enqueue) => {
        tell = enqueue;
        return () => {};
      },
    };
    const { clock } = run(
      async (key) => {
        seen.push(key);
        return undefined;
      },
      { sources: [source] },
    );
    tell('a');
    await clock.advance(0);
    tell('b');
    tell('a');
    await clock.advance(0);
    expect(seen).toEqual(['a', 'b', 'a']);
  });

  test('does not start before its sources have synced', async () => {
    let sync: () => void = () => {};
    const synced = new Promise<void>((resolve) => {
      sync = resolve;
    });
    const seen: string[] = [];
    const source = { name: 's', synced: () => synced, subscribe: () => () => {} };
    const { clock, controller } = run(
      async (key) => {
        seen.push(key);
        return undefined;
      },
      { sources: [source] },
    );
    controller.enqueue('a');
    await clock.advance(1000);
    expect(seen).toEqual([]);
    sync();
    await clock.advance(0);
    expect(seen).toEqual(['a']);
  });

  test('rejects when a source ends before it synced', async () => {
    const source = { name: 's', synced: () => Promise.reject(new Error('no list')), subscribe: () => () => {} };
    await expect(run(async () => undefined, { sources: [source] }).running).rejects.toThrow('no list');
  });

  test('tries again after an error, later each time, and from the start after a success', async () => {
    const times: number[] = [];
    const { clock, controller } = run(async () => {
      times.push(clock.now());
      if (times.length !== 4) throw new Error('no');
      return undefined;
    });
    controller.enqueue('a');
    await clock.advance(200);
    expect(times).toHaveLength(4);
    controller.enqueue('a');
    await clock.advance(5);
    expect(times).toHaveLength(6);
    const gaps = [1, 2, 3].map((index) => (times[index] ?? 0) - (times[index - 1] ?? 0));
    for (const [index, gap] of gaps.entries()) {
      expect(gap).toBeGreaterThanOrEqual(2.5 * 2 ** index);
      expect(gap).toBeLessThanOrEqual(5 * 2 ** index);
    }
  });

  test('tries what failed soon after something says that it may work again, and not all of it at once', async () => {
    const times = new Map<string, number[]>();
    let wake = (): void => {};
    const subscribe = (listener: () => void) => {
      wake = listener;
      return () => {};
    };
    const { clock, controller } = run(
      async (key) => {
        times.set(key, [...(times.get(key) ?? []), clock.now()]);
        if (key !== 'fine') throw new Error('the server is away');
        return undefined;
      },
      { wakes: [subscribe], backoff: { baseMs: 60_000, maxMs: 60_000, random: () => 1 } },
    );
    const failing = Array.from({ length: 20 }, (_, index) => `key-${index}`);
    for (const key of [...failing, 'fine']) controller.enqueue(key);
    await clock.advance(1000);
    wake();
    await clock.advance(2000);
    const second = failing.map((key) => times.get(key)?.[1]);
    expect(second).not.toContain(undefined);
    expect(new Set(second).size).toBeGreaterThan(2);
    expect(times.get('fine')).toHaveLength(1);
  });

  test('leaves a server alone for as long as it asks for', async () => {
    const times: number[] = [];
    const { clock, controller } = run(async () => {
      times.push(clock.now());
      throw newTooManyRequests('busy', 45);
    });
    controller.enqueue('a');
    await clock.advance(44_999);
    expect(times).toHaveLength(1);
    await clock.advance(1);
    expect(times).toHaveLength(2);
  });

  test.each(['soon', {}, null])('does not heed a server that asks to be left alone for %j', async (seconds) => {
    let tries = 0;
    const failing = async (): Promise<never> => {
      tries++;
      throw newTooManyRequests('busy', seconds as unknown as number);
    };
    const { clock, controller } = run(failing, { backoff: { baseMs: 1000, maxMs: 1000, random: () => 1 } });
    controller.enqueue('a');
    await clock.advance(999);
    expect(tries).toBe(1);
    await clock.advance(1);
    expect(tries).toBe(2);
  });

  test('does not try again after a terminal error until the key is named', async () => {
    let tries = 0;
    const { clock, controller } = run(async () => {
      tries++;
      throw new TerminalError('never');
    });
    controller.enqueue('a');
    await clock.advance(3600_000);
    expect(tries).toBe(1);
    controller.enqueue('a');
    await clock.advance(0);
    expect(tries).toBe(2);
  });

  test('looks once more at the time that a reconcile asks for', async () => {
    const times: number[] = [];
    const { clock, controller } = run(async () => {
      times.push(clock.now());
      return times.length === 1 ? { requeueAfterMs: 40_000 } : undefined;
    });
    controller.enqueue('a');
    await clock.advance(39_999);
    expect(times).toHaveLength(1);
    await clock.advance(100_000);
    expect(times).toHaveLength(2);
  });

  test('goes on with the rest when some take long, and ends when the last of them has', async () => {
    const seen: string[] = [];
    const finish: (() => void)[] = [];
    const { clock, controller, stop, running } = run(
      async (key) => {
        seen.push(key);
        if (key.startsWith('slow')) await new Promise<void>((resolve) => finish.push(resolve));
        return undefined;
      },
      { concurrency: 1, slowAfterMs: 5000 },
    );
    for (const key of ['slow-1', 'slow-2', 'quick']) controller.enqueue(key);
    await clock.advance(4999);
    expect(seen).toEqual(['slow-1']);
    await clock.advance(5001);
    expect(seen).toEqual(['slow-1', 'slow-2', 'quick']);
    let hasEnded = false;
    const ended = running.then(() => {
      hasEnded = true;
    });
    for (const done of finish.splice(0, 1)) done();
    await clock.advance(0);
    for (const key of ['next-1', 'slow-3', 'next-2']) controller.enqueue(key);
    await clock.advance(4999);
    expect(seen.slice(3)).toEqual(['next-1', 'slow-3']);
    stop.abort();
    await clock.advance(0);
    expect(hasEnded).toBe(false);
    for (const done of finish) done();
    await ended;
  });

  test('does not let the slow ones grow without bound', async () => {
    let inHand = 0;
    const { clock, controller } = run(
      () => {
        inHand += 1;
        return new Promise<undefined>(() => {});
      },
      { concurrency: 2, slowAfterMs: 1000 },
    );
    for (let key = 0; key < 100; key += 1) controller.enqueue(`${key}`);
    await clock.advance(600_000);
    expect(inHand).toBe(2 + 2 * 8);
  });

  test('has a key in one hand only, and several keys in several', async () => {
    const inHand: string[] = [];
    let most = 0;
    const finish: (() => void)[] = [];
    const { clock, controller } = run(
      async (key) => {
        expect(inHand).not.toContain(key);
        inHand.push(key);
        most = Math.max(most, inHand.length);
        await new Promise<void>((resolve) => finish.push(resolve));
        inHand.splice(inHand.indexOf(key), 1);
        return undefined;
      },
      { concurrency: 2 },
    );
    for (const key of ['a', 'b', 'c', 'a']) controller.enqueue(key);
    await clock.advance(0);
    controller.enqueue('a');
    for (let i = 0; i < 4; i++) {
      for (const done of finish.splice(0)) done();
      await clock.advance(0);
    }
    expect(most).toBe(2);
    expect(inHand).toEqual([]);
  });

  test('ends when it is told to, after the reconcile that is under way', async () => {
    let isOver = false;
    const { clock, controller, stop, running } = run(async (_, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      isOver = true;
      return { requeueAfterMs: 10 };
    });
    controller.enqueue('a');
    await clock.advance(0);
    stop.abort();
    await running;
    expect(isOver).toBe(true);
    expect(clock.pending()).toBe(0);
  });
});
