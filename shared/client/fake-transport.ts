import type { Transport, TransportRequest, TransportResponse } from './transport.ts';

/** What a test's server answers: an object or text as the whole body, or chunks as they come. */
export interface FakeAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: object | string;
  chunks?: AsyncIterable<Uint8Array | string>;
}

export interface FakeTransport extends Transport {
  /** All that was asked, in order. */
  readonly requests: TransportRequest[];
}

/** A transport for tests: `answer` plays the server. */
export function newFakeTransport(
  answer: (request: TransportRequest, index: number) => FakeAnswer | Promise<FakeAnswer>,
): FakeTransport {
  const requests: TransportRequest[] = [];
  return {
    requests,
    request: async (request) => {
      request.signal?.throwIfAborted();
      requests.push(request);
      return toResponse(await answer(request, requests.length - 1), request.signal);
    },
    close: async () => {},
  };
}

function toResponse(answer: FakeAnswer, signal: AbortSignal | undefined): TransportResponse {
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
  return {
    status: answer.status ?? 200,
    headers: answer.headers ?? {},
    body: bytes(answer.chunks ?? once(text), signal),
  };
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

async function* bytes(
  chunks: AsyncIterable<Uint8Array | string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await untilAborted(iterator.next(), signal);
      if (next.done) return;
      yield typeof next.value === 'string' ? new TextEncoder().encode(next.value) : next.value;
    }
  } finally {
    void iterator.return?.();
  }
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal?.reason);
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal?.removeEventListener('abort', abort));
  });
}
