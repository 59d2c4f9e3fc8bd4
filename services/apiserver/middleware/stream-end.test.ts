import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { onceEnded } from './stream-end.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const used = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

describe('the end of a stream', () => {
  async function* two(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a');
    yield Buffer.from('b');
  }
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a');
    throw new Error('broken');
  }
  const watched = (stream: AsyncIterable<Uint8Array>) => {
    const ends: string[] = [];
    const iterator = onceEnded(stream, () => ends.push('end'))[Symbol.asyncIterator]();
    return { ends, iterator };
  };

  test('is told once, after the last piece', async () => {
    const { ends, iterator } = watched(two());
    for (const expected of ['a', 'b']) expect(Buffer.from((await iterator.next()).value).toString()).toBe(expected);
    expect(ends).toEqual([]);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(ends).toEqual(['end']);
  });

  test('is told when it breaks, to whoever reads too', async () => {
    const { ends, iterator } = watched(broken());
    await iterator.next();
    await expect(iterator.next()).rejects.toThrow('broken');
    expect(ends).toEqual(['end']);
  });

  test('is told when it is given up, even if nobody has read', async () => {
    const { ends, iterator } = watched(two());
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(ends).toEqual(['end']);
  });

  test('is told to all who want to know, in their order, and at once to who comes after it', async () => {
    const ends: string[] = [];
    const told = (who: string) => () => void ends.push(who);
    const stream = onceEnded(onceEnded(two(), told('first')), told('second'));
    await stream[Symbol.asyncIterator]().return?.();
    onceEnded(stream, told('late'));
    expect(ends).toEqual(['first', 'second', 'late']);
  });

  test('costs little while the next piece is waited for', () => {
    const untold: Promise<IteratorResult<Uint8Array>>[] = [];
    const silent = {
      next: () => {
        const next = new Promise<IteratorResult<Uint8Array>>(() => {});
        untold.push(next);
        return next;
      },
    };
    const stream = { [Symbol.asyncIterator]: () => silent };
    const iterators = Array.from({ length: 10_000 }, () => onceEnded(stream, () => {})[Symbol.asyncIterator]());
    const before = used();
    const waiting = iterators.map((iterator) => iterator.next());
    const bytesOfOne = (used() - before) / waiting.length;
    expect(untold.length).toBe(waiting.length);
    expect(bytesOfOne).toBeLessThan(300);
  });
});
