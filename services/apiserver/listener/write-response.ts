import type { ServerResponse as HttpResponse } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';
import type { ServerResponse } from '../request.ts';

/** A response in either HTTP version. The part of both that is used here, which they have in common. */
export interface ResponseWriter {
  readonly destroyed: boolean;
  statusCode: number;
  setHeader(name: string, value: string | string[]): void;
  flushHeaders(): void;
  write(chunk: Uint8Array): boolean;
  end(chunk?: Uint8Array): void;
  /** Breaks the stream off, so that the client can tell that it is not whole. */
  abort(): void;
  once(event: 'drain' | 'close', listener: () => void): void;
  off(event: 'drain' | 'close', listener: () => void): void;
}

export interface WriteOptions {
  isHead: boolean;
  /** A reader that takes nothing for so long is given up. */
  stallMs: number;
  setTimeout(task: () => void, delayMs: number): () => void;
}

export async function writeResponse(
  writer: ResponseWriter,
  response: ServerResponse,
  options: WriteOptions,
): Promise<void> {
  writer.statusCode = response.status;
  for (const [name, value] of headersOf(response))
    writer.setHeader(name, value.includes('\n') ? value.split('\n') : value);
  const { body } = response;
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    return writeWhole(writer, body === undefined ? undefined : Buffer.from(body), options);
  }
  await writeStream(writer, body, options);
}

/** Bodies beyond this go out piece by piece, as fast as they are read. */
const PIECE_BYTES = 256 << 10;

function headersOf({ headers = {} }: ServerResponse): [string, string][] {
  return Object.entries({ 'cache-control': 'no-cache, private', ...headers });
}

async function writeWhole(writer: ResponseWriter, bytes: Uint8Array | undefined, options: WriteOptions): Promise<void> {
  writer.setHeader('content-length', String(bytes?.length ?? 0));
  if (!bytes || options.isHead || bytes.length <= PIECE_BYTES) return writer.end(options.isHead ? undefined : bytes);
  for (let at = 0; at < bytes.length && !writer.destroyed; at += PIECE_BYTES) {
    if (!writer.write(bytes.subarray(at, at + PIECE_BYTES))) await drained(writer, options);
  }
  writer.end();
}

/** The head goes out at once: who watches wants to know that the watch is open. Reads no further than the client does. */
async function writeStream(
  writer: ResponseWriter,
  stream: AsyncIterable<Uint8Array>,
  options: WriteOptions,
): Promise<void> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    if (options.isHead) return writer.end();
    writer.flushHeaders();
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      if (writer.destroyed) return;
      if (!writer.write(next.value)) await drained(writer, options);
    }
    writer.end();
  } catch (error) {
    writer.abort();
    throw error;
  } finally {
    await iterator.return?.();
  }
}

/** Resolves when more can be written, or when nobody will read it any more. */
function drained(writer: ResponseWriter, { stallMs, setTimeout }: WriteOptions): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      writer.off('drain', done);
      writer.off('close', done);
      resolve();
    };
    const cancel = setTimeout(() => writer.abort(), stallMs);
    writer.once('drain', done);
    writer.once('close', done);
    if (writer.destroyed) done();
  });
}

/** The compatibility classes of node:http and node:http2 differ in how a stream is broken off. */
export function newResponseWriter(response: HttpResponse | Http2ServerResponse): ResponseWriter {
  const isHttp2 = 'stream' in response;
  const target = response as HttpResponse;
  return {
    get destroyed() {
      return isHttp2 ? response.stream.destroyed : target.destroyed;
    },
    get statusCode() {
      return target.statusCode;
    },
    set statusCode(code) {
      target.statusCode = code;
    },
    setHeader: (name, value) => void target.setHeader(name, value),
    flushHeaders: () => target.flushHeaders(),
    write: (chunk) => target.write(chunk),
    end: (chunk) => {
      if (isHttp2) closeOnceAnswered(response);
      if (chunk) target.end(chunk);
      else target.end();
    },
    abort: () => void (isHttp2 ? response.stream.close(constants.NGHTTP2_INTERNAL_ERROR) : target.destroy()),
    once: (event, listener) => void target.once(event, listener),
    off: (event, listener) => void target.off(event, listener),
  };
}

/** A client that is still sending when it has its answer is told to stop after so long. */
const REST_OF_BODY_MS = 1000;

/**
 * A body that nobody read must not keep the stream open. What comes of it is thrown away; a client that goes on sending is told to stop (RFC 9113, 8.1), but not
 * at once: Go's client takes a reset that comes right behind the answer for the loss of the answer.
 */
function closeOnceAnswered({ req, stream }: Http2ServerResponse): void {
  // A request without a body ended with its headers, though nobody reads that end; a reset would cut off what of a large answer is still on its way.
  const isComplete = req.readableEnded || stream.endAfterHeaders;
  if (isComplete) return;
  req.resume();
  stream.once('finish', () => {
    const timer = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), REST_OF_BODY_MS);
    stream.once('close', () => clearTimeout(timer));
  });
}
