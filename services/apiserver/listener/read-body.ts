import type { Readable } from 'node:stream';
import { newBadRequest, newRequestEntityTooLarge } from '../../../shared/apis/meta/status-error.ts';

/** Upstream's limit for bodies. */
const MAX_BODY_BYTES = 3 << 20;

/** A client reads no answer before it has sent its body: so much more is taken and thrown away. */
const MAX_DISCARDED_BYTES = 32 << 20;

/** Larger ones come in several parts. */
const MAX_SMALL_BYTES = 16 << 10;

export const isSmall = (length: number): boolean => length > 0 && length <= MAX_SMALL_BYTES;

/**
 * The whole body, of a length that is known and small. Most come along with their heads, but are read from the connection after them: once that is done, they are
 * there, and nobody has to listen for their parts and their end. Throws as `readBody`, which waits for the others.
 */
export async function readSmallBody(request: Readable, length: number): Promise<Uint8Array> {
  await new Promise((resolve) => setImmediate(resolve));
  // All of it: to ask for so many bytes would leave the end unread, and the stream would be drained when it closes.
  const arrived = request.readableLength === length ? request.read() : undefined;
  return arrived ?? readBody(request);
}

/**
 * The whole body. Throws 413 if it is too long, and 400 if the client breaks off. Leaves the stream open, and paused when reading stops before the end, so that the
 * answer can still be written. Whoever gives the stream listens to its errors.
 */
export function readBody(request: Readable): Promise<Uint8Array> {
  if (request.readableEnded) return Promise.resolve(new Uint8Array());
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let length = 0;
    let isOver = false;
    const finish = (): void => {
      isOver = true;
      if (length > MAX_BODY_BYTES) reject(newTooLarge());
      else resolve(whole(chunks));
    };
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
      else chunks = [];
      if (length <= MAX_DISCARDED_BYTES) return;
      request.off('data', take);
      request.pause();
      reject(newTooLarge());
    };
    const broken = (): void => {
      if (!isOver) reject(newBroken(request.errored?.message ?? 'broken off'));
    };
    request.on('data', take);
    request.on('end', finish);
    request.on('close', broken);
    if (request.destroyed) broken();
  });
}

const whole = (chunks: Buffer[]): Uint8Array => (chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));

const newBroken = (why: string) => newBadRequest(`the body of the request can not be read: ${why}`);

const newTooLarge = () => newRequestEntityTooLarge(`limit is ${MAX_BODY_BYTES}`);
