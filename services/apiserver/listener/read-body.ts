import type { Readable } from 'node:stream';
import { newBadRequest, newRequestEntityTooLarge } from '../../../shared/apis/meta/status-error.ts';

/** Upstream's limit for bodies. */
const MAX_BODY_BYTES = 3 << 20;

/** A client reads no answer before it has sent its body: so much more is taken and thrown away. */
const MAX_DISCARDED_BYTES = 32 << 20;

/** The whole body. Throws 413 if it is too long, and 400 if the client breaks off. */
export async function readBody(request: Readable): Promise<Uint8Array> {
  let chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of whole(request)) {
    length += chunk.length;
    if (length > MAX_DISCARDED_BYTES) break;
    if (length > MAX_BODY_BYTES) chunks = [];
    else chunks.push(chunk);
  }
  if (length > MAX_BODY_BYTES) throw newTooLarge();
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** Leaves the stream open when reading stops, so that the answer can still be written. */
async function* whole(request: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw newBadRequest(
      `the body of the request can not be read: ${error instanceof Error ? error.message : 'broken off'}`,
    );
  }
}

const newTooLarge = () => newRequestEntityTooLarge(`limit is ${MAX_BODY_BYTES}`);
