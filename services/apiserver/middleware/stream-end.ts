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
  const iterator: AsyncIterator<Uint8Array> = {
    next: async () => {
      try {
        const result = await inner.next();
        if (result.done) over();
        return result;
      } catch (error) {
        over();
        throw error;
      }
    },
    return: async () => {
      over();
      return (await inner.return?.()) ?? { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
