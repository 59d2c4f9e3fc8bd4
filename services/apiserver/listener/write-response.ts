import type { ServerResponse } from '../request.ts';
import type { ResponseHeaders, ResponseWriter } from './response-writer.ts';

export interface WriteOptions {
  isHead: boolean;
  /** A reader that takes nothing for so long is given up. */
  stallMs: number;
  setTimeout(task: () => void, delayMs: number): () => void;
}

/** Done already where all of it can be handed over at once. */
export function writeResponse(
  writer: ResponseWriter,
  response: ServerResponse,
  options: WriteOptions,
): void | Promise<void> {
  const { body = '' } = response;
  if (typeof body === 'string') return writeWhole(writer, response, Buffer.from(body), options);
  if (body instanceof Uint8Array) return writeWhole(writer, response, body, options);
  return writeStream(writer, response, body, options);
}

/** Bodies beyond this go out piece by piece, as fast as they are read. */
const PIECE_BYTES = 256 << 10;

/** Of which a length would be that of the document. Source: RFC 9110, 8.6. */
const NOT_MODIFIED = 304;

/** A value with line feeds in it is several; an empty one takes a header away. */
function headersOf({ headers }: ServerResponse): ResponseHeaders {
  const all: ResponseHeaders = { 'cache-control': 'no-cache, private' };
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (value === '') delete all[name];
    else all[name] = value.includes('\n') ? value.split('\n') : value;
  }
  return all;
}

function writeWhole(
  writer: ResponseWriter,
  response: ServerResponse,
  bytes: Uint8Array,
  options: WriteOptions,
): void | Promise<void> {
  const headers = headersOf(response);
  if (response.status !== NOT_MODIFIED) headers['content-length'] = String(bytes.length);
  const isEmpty = options.isHead || bytes.length === 0;
  writer.head(response.status, headers, isEmpty ? 'nothing' : 'body');
  if (isEmpty) return;
  if (bytes.length > PIECE_BYTES) return writePieces(writer, bytes, options);
  writer.end(bytes);
}

async function writePieces(writer: ResponseWriter, bytes: Uint8Array, options: WriteOptions): Promise<void> {
  for (let at = 0; at < bytes.length && !writer.destroyed; at += PIECE_BYTES) {
    if (!writer.write(bytes.subarray(at, at + PIECE_BYTES))) await drained(writer, options);
  }
  writer.end();
}

/** The head goes out at once: who watches wants to know that the watch is open. Reads no further than the client does. */
async function writeStream(
  writer: ResponseWriter,
  response: ServerResponse,
  stream: AsyncIterable<Uint8Array>,
  options: WriteOptions,
): Promise<void> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    writer.head(response.status, headersOf(response), options.isHead ? 'nothing' : 'stream');
    if (options.isHead) return;
    // What has come is in no variable of this function, which would keep it, and all of the pool that its bytes are in, until the next event of a watch.
    const take = ({ done, value }: IteratorResult<Uint8Array>): Taken => {
      if (done) return 'all';
      if (writer.destroyed) return 'none';
      return writer.write(value) ? 'one' : 'one too many';
    };
    let taken: Taken = 'one';
    while (taken !== 'all') {
      taken = await iterator.next().then(take);
      if (taken === 'one too many') await drained(writer, options);
      if (writer.destroyed) return;
    }
    writer.end();
  } catch (error) {
    writer.abort();
    throw error;
  } finally {
    await iterator.return?.();
  }
}

/** Of a stream, with what its reader has room for. */
type Taken = 'one' | 'one too many' | 'all' | 'none';

/** Resolves when more can be written, or when nobody will read it any more. */
function drained(writer: ResponseWriter, { stallMs, setTimeout }: WriteOptions): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      writer.off('drain', done);
      writer.off('close', done);
      resolve();
    };
    // Not when it is closed, which comes after what can't go out either.
    const cancel = setTimeout(() => {
      writer.abort();
      done();
    }, stallMs);
    writer.on('drain', done);
    writer.on('close', done);
    if (writer.destroyed) done();
  });
}
