import type { ServerResponse } from '../request.ts';

/** For who wants to know when an answer is over that is told piece by piece. */

export type StreamResponse = ServerResponse & { body: AsyncIterable<Uint8Array> };

export function isStream(response: ServerResponse): response is StreamResponse {
  const { body } = response;
  return typeof body === 'object' && !(body instanceof Uint8Array);
}

/** The same stream; `onEnd` is called once, when it ends, breaks or is given up, even if nobody ever read. */
export function onceEnded(stream: AsyncIterable<Uint8Array>, onEnd: () => void): AsyncIterable<Uint8Array> {
  const inner = stream[Symbol.asyncIterator]();
  let isOver = false;
  const over = (): void => {
    if (!isOver) onEnd();
    isOver = true;
  };
  // Made once: thousands of watches wait for their next event, and an asynchronous function that waits takes three times the memory of a promise.
  const noteEnd = (result: IteratorResult<Uint8Array>): IteratorResult<Uint8Array> => {
    if (result.done) over();
    return result;
  };
  const noteFailure = (error: unknown): never => {
    over();
    throw error;
  };
  const iterator: AsyncIterator<Uint8Array> = {
    next: () => inner.next().then(noteEnd, noteFailure),
    return: async () => {
      over();
      return (await inner.return?.()) ?? { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
