import type { Readable } from 'node:stream';
import { newBadRequest, newRequestEntityTooLarge } from '../../../shared/apis/meta/status-error.ts';

/** Upstream's limit for bodies. */
const MAX_BODY_BYTES = 3 << 20;

/** A client reads no answer before it has sent its body: so much more is taken and thrown away. */
const MAX_DISCARDED_BYTES = 32 << 20;

/**
 * The whole body. Throws 413 if it is too long, and 400 if the client breaks off. Leaves the stream open, and paused when reading stops before the end, so that the
 * answer can still be written. Whoever gives the stream listens to its errors.
 *
 * `expected`: a length that the body is known to have if it is not broken off. The stream is then left before its end, which HTTP/2 takes better: a stream that has
 * ended is destroyed as soon as its answer is framed, and node makes an error with a stack trace of that for the answer's write, which is still on its way.
 */
export function readBody(request: Readable, expected = Number.NaN): Promise<Uint8Array> {
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
    const stop = (): void => {
      request.off('data', take);
      request.pause();
    };
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
      else chunks = [];
      if (length === expected) {
        request.pause();
        finish();
      } else if (length > MAX_DISCARDED_BYTES) {
        stop();
        reject(newTooLarge());
      }
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
