import type { ServerResponse } from '../request.ts';

/** For who wants to know when an answer is over that is told piece by piece. */

export type StreamResponse = ServerResponse & { body: AsyncIterable<Uint8Array> };

export function isStream(response: ServerResponse): response is StreamResponse {
  const { body } = response;
  return typeof body === 'object' && !(body instanceof Uint8Array);
}

/** The same stream; `onEnd` is called once, when it ends, breaks or is given up, even if nobody ever read: after those that were to be called before it. */
export function onceEnded(stream: AsyncIterable<Uint8Array>, onEnd: () => void): AsyncIterable<Uint8Array> {
  const ending = stream instanceof EndingStream ? stream : new EndingStream(stream[Symbol.asyncIterator]());
  ending.listen(onEnd);
  return ending;
}

/** One for all who want to know. Thousands of watches wait for their next event: a stream around another takes as much memory again. */
class EndingStream implements AsyncIterableIterator<Uint8Array> {
  readonly #inner: AsyncIterator<Uint8Array>;
  readonly #listeners: (() => void)[] = [];
  #isOver = false;

  constructor(inner: AsyncIterator<Uint8Array>) {
    this.#inner = inner;
  }

  listen(onEnd: () => void): void {
    if (this.#isOver) onEnd();
    else this.#listeners.push(onEnd);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    return this.#inner.next().then(this.#noteEnd, this.#noteFailure);
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#over();
    return (await this.#inner.return?.()) ?? { done: true, value: undefined };
  }

  // Made once: an asynchronous function that waits takes three times the memory of a promise.
  readonly #noteEnd = (result: IteratorResult<Uint8Array>): IteratorResult<Uint8Array> => {
    if (result.done) this.#over();
    return result;
  };
  readonly #noteFailure = (error: unknown): never => {
    this.#over();
    throw error;
  };

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const listener of this.#listeners) listener();
  }
}
