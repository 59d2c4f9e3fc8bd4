import type { Readable } from 'node:stream';
import { newBadRequest, newRequestEntityTooLarge } from '../../../shared/apis/meta/status-error.ts';

/** Upstream's limit for bodies. */
const MAX_BODY_BYTES = 3 << 20;

/** A client reads no answer before it has sent its body: so much more is taken and thrown away. */
const MAX_DISCARDED_BYTES = 32 << 20;

/** Larger ones come in several parts. */
const MAX_ARRIVED_BYTES = 16 << 10;

/**
 * A body of this length that came along with its head, as small ones do: it is there already, and nothing has to be waited for. Undefined of any other, which
 * `readBody` reads.
 */
export function takeArrivedBody(request: Readable, length: number): Uint8Array | undefined {
  const isThere = length > 0 && length <= MAX_ARRIVED_BYTES && request.readableLength === length;
  return isThere ? request.read(length) : undefined;
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
