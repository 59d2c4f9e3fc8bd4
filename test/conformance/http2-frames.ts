/** HTTP/2 frame by frame (RFC 9113): those that a client sends, whatever is wrong with them, and those that a server sends. */

import { type Fields, packed } from './hpack.ts';

export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flagBits = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

export interface Frame {
  type: number;
  flags?: number;
  stream?: number;
  payload?: Buffer;
}

const HEAD_BYTES = 9;

export function frame({ type, flags = 0, stream = 0, payload = Buffer.alloc(0) }: Frame): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const MAX_PAYLOAD = 16_384;

export interface Open {
  stream?: number;
  /** More comes on the stream. */
  isOpen?: boolean;
}

/** A list of fields, in as many frames as it takes. */
export function headers(fields: Fields, { stream = 1, isOpen = false }: Open = {}): Buffer {
  const block = packed(fields);
  const count = Math.max(1, Math.ceil(block.length / MAX_PAYLOAD));
  const frames = Array.from({ length: count }, (_, at) =>
    frame({
      type: at === 0 ? frameTypes.headers : frameTypes.continuation,
      flags: (at === 0 && !isOpen ? flagBits.endStream : 0) | (at === count - 1 ? flagBits.endHeaders : 0),
      stream,
      payload: block.subarray(at * MAX_PAYLOAD, (at + 1) * MAX_PAYLOAD),
    }),
  );
  return Buffer.concat(frames);
}

export function data(text: string, { stream = 1, isOpen = false }: Open = {}): Buffer {
  const payload = Buffer.from(text, 'latin1');
  return frame({ type: frameTypes.data, flags: isOpen ? 0 : flagBits.endStream, stream, payload });
}

/** A number of four bytes, as many frames have. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export const reset = (code: number, stream = 1): Buffer =>
  frame({ type: frameTypes.reset, stream, payload: uint32(code) });

export const windowUpdate = (increment: number, stream = 0): Buffer =>
  frame({ type: frameTypes.windowUpdate, stream, payload: uint32(increment) });

export function settings(...pairs: (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.concat(
    pairs.map(([id, value]) => Buffer.concat([Buffer.from([id >> 8, id & 255]), uint32(value)])),
  );
  return frame({ type: frameTypes.settings, payload });
}

export const settingIds = {
  tableSize: 1,
  push: 2,
  maxStreams: 3,
  window: 4,
  maxFrame: 5,
  maxHeaderList: 6,
} as const;

export const settingsAck = frame({ type: frameTypes.settings, flags: flagBits.ack });

export const ping = (text = 'conforms', flags = 0): Buffer =>
  frame({ type: frameTypes.ping, flags, payload: Buffer.from(text) });

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** The whole frames that have come, and what is left of the bytes. */
export function framesIn(bytes: Buffer): [Required<Frame>[], Buffer] {
  const frames: Required<Frame>[] = [];
  let at = 0;
  while (bytes.length - at >= HEAD_BYTES) {
    const end = at + HEAD_BYTES + bytes.readUIntBE(at, 3);
    if (end > bytes.length) break;
    frames.push({
      type: bytes.readUInt8(at + 3),
      flags: bytes.readUInt8(at + 4),
      stream: bytes.readUInt32BE(at + 5) & 0x7fffffff,
      payload: bytes.subarray(at + HEAD_BYTES, end),
    });
    at = end;
  }
  return [frames, bytes.subarray(at)];
}
