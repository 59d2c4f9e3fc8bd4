import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { ResponseWriter } from './response-writer.ts';
import { writeResponse } from './write-response.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const options = { isHead: false, stallMs: 1000, setTimeout: () => () => {} };

/** One that takes everything, and keeps the lengths. */
function newWriter(taken: number[], over: () => void): ResponseWriter {
  return {
    destroyed: false,
    head: () => {},
    write: ({ length }) => taken.push(length) > 0,
    end: over,
    abort: () => {},
    on: () => {},
    off: () => {},
  };
}

/** A watch that has told one thing, and is silent until it is told to end. */
function newSilentWatch() {
  let end = (): void => {};
  const ended = new Promise<IteratorResult<Uint8Array>>((resolve) => {
    end = () => resolve({ done: true, value: undefined });
  });
  let told: WeakRef<Uint8Array> | undefined;
  const tell = async (): Promise<IteratorResult<Uint8Array>> => {
    const value = new Uint8Array(100);
    told = new WeakRef(value);
    return { done: false, value };
  };
  const body = { [Symbol.asyncIterator]: () => ({ next: () => (told ? ended : tell()) }) };
  return { body, isKept: () => told?.deref() !== undefined, end: () => end() };
}

test('what a stream has told is not kept while the next is waited for', async () => {
  const taken: number[] = [];
  let isOver = false;
  const watch = newSilentWatch();
  const writer = newWriter(taken, () => {
    isOver = true;
  });
  const written = writeResponse(writer, { status: 200, body: watch.body }, options);
  for (let turns = 0; turns < 10; turns++) await turn();
  collect();
  expect(taken).toEqual([100]);
  expect(watch.isKept()).toBe(false);
  watch.end();
  await written;
  expect(isOver).toBe(true);
});

test('a stream that is given up does not wait for what it would tell next', async () => {
  let isEnded = false;
  async function* silent(): AsyncGenerator<Uint8Array> {
    try {
      yield new Uint8Array(100);
      await new Promise(() => {});
    } finally {
      isEnded = true;
    }
  }
  let isGivenUp = false;
  const writer: ResponseWriter = {
    ...newWriter([], () => {}),
    write: () => false,
    abort: () => {
      isGivenUp = true;
    },
  };
  Object.defineProperty(writer, 'destroyed', { get: () => isGivenUp });
  const stalled = (task: () => void) => {
    setImmediate(task);
    return () => {};
  };
  await writeResponse(writer, { status: 200, body: silent() }, { ...options, setTimeout: stalled });
  expect(isEnded).toBe(true);
});
