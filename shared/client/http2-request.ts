import http2, { type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import type { Http2Connection } from './http2-session.ts';
import { textOf } from './json-lines.ts';
import { type OutgoingRequest, TransportError, type TransportResponse } from './transport.ts';
import { transportErrorOf } from './transport-failure.ts';

/** The server did not process the request, so sending it once more on another connection is safe. */
export class NotProcessedError extends TransportError {}

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = http2.constants;

/** Sends one request on a connection. `path` and `headers` are complete; `at` is host:port, for messages. */
export function requestOverHttp2(
  connection: Http2Connection,
  request: OutgoingRequest,
  at: string,
): Promise<TransportResponse> {
  const stream = openStream(connection, request, at);
  const streamIsOver = connection.streamOpened();
  return new Promise((resolve, reject) => {
    const { signal } = request;
    let isAnswered = false;
    let isOver = false;
    const abort = (): void => {
      stream.close(NGHTTP2_CANCEL);
      reject(signal?.reason);
    };
    const failure = newFailureNote(stream, at);
    signal?.addEventListener('abort', abort, { once: true });
    stream.once('close', () => {
      isOver = true;
      streamIsOver();
      signal?.removeEventListener('abort', abort);
      if (!isAnswered) reject(failure());
    });
    stream.once('response', (headers) => {
      isAnswered = true;
      resolve({
        status: Number(headers[':status'] ?? 0),
        headers: flatten(headers),
        body: readBody(stream, { isOver: () => isOver, failure, signal }),
        text: () => readWhole(stream, failure, signal),
      });
    });
    if (request.body !== undefined) stream.end(request.body);
  });
}

function openStream(connection: Http2Connection, request: OutgoingRequest, at: string): ClientHttp2Stream {
  const headers = { ':method': request.method, ':path': request.path, ':authority': at, ...request.headers };
  try {
    return connection.session.request(headers, { endStream: request.body === undefined });
  } catch (error) {
    throw new NotProcessedError(`the connection to ${at} is closing`, { cause: error });
  }
}

/** Remembers a stream's error; the result says why it ended, as far as that is known when it is asked. */
function newFailureNote(stream: ClientHttp2Stream, at: string): () => TransportError {
  let noted: unknown;
  stream.on('error', (error) => {
    noted ??= error;
  });
  return () => {
    if (stream.rstCode === NGHTTP2_REFUSED_STREAM || stream.id === undefined) {
      const why = noted ? transportErrorOf(noted, at).message : `${at} takes no more requests on this connection`;
      return new NotProcessedError(why, { cause: noted });
    }
    if (noted) return transportErrorOf(noted, at);
    return new TransportError(`the connection to ${at} was closed before the answer was complete`);
  };
}

interface Reading {
  /** Whether the stream has told of its end, and of its error before. */
  isOver(): boolean;
  failure: () => TransportError;
  signal: AbortSignal | undefined;
}

/**
 * Node ends a body quietly when the connection breaks; only the reset code tells. Its own iterator takes what was closed before it was read, as a small answer may be,
 * for what broke (Node 24).
 */
async function* readBody(stream: ClientHttp2Stream, { isOver, failure, signal }: Reading): AsyncGenerator<Uint8Array> {
  let wake = (): void => {};
  for (const event of ['readable', 'end', 'close']) stream.on(event, () => wake());
  try {
    while (!stream.readableEnded && !isOver()) {
      const chunk: Uint8Array | null = stream.read();
      if (chunk) yield chunk;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    release(stream);
  }
  signal?.throwIfAborted();
  if (!stream.readableEnded || stream.rstCode !== NGHTTP2_NO_ERROR) throw failure();
}

/** The same as one text: most answers are small, and an iterator costs more than all else of them. */
function readWhole(
  stream: ClientHttp2Stream,
  failure: () => TransportError,
  signal: AbortSignal | undefined,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      if (signal?.aborted) reject(signal.reason);
      else if (stream.readableEnded && stream.rstCode === NGHTTP2_NO_ERROR) resolve(textOf(chunks));
      else reject(failure());
    };
    if (stream.destroyed) return settle();
    stream.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    stream.once('end', () => release(stream));
    stream.once('close', settle);
  });
}

/**
 * Ends a stream that is still open. One that is done on both sides ends by itself: a RST_STREAM for each request would be taken for an attack, and
 * servers made with nghttp2 drop a connection that sends more than 1000 of them and then 33 a second.
 */
function release(stream: ClientHttp2Stream): void {
  if (stream.closed || (stream.readableEnded && stream.writableFinished)) return;
  // Answered before the body was taken: closing would wait until the body is sent, which may be never.
  if (stream.readableEnded) stream.destroy();
  else stream.close(NGHTTP2_CANCEL);
}

function flatten(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !name.startsWith(':')) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
