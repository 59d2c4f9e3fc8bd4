/** Frames of WebSockets, as far as a server needs them that sends messages and reads none. Source: RFC 6455, 5. */

export const OPCODES = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
export const CLOSE_CODES = { normal: 1000, protocolError: 1002 } as const;

const FINAL = 0x80;
const MASKED = 0x80;
/** Lengths from here on are told in two bytes more, or in eight. */
const SHORT = 126;
const LONG = 127;

/** A whole message in one frame. */
export function encodeFrame(opcode: number, payload: Uint8Array): Buffer {
  return Buffer.concat([headOf(opcode, payload.length), payload]);
}

function headOf(opcode: number, length: number): Buffer {
  if (length < SHORT) return Buffer.from([FINAL | opcode, length]);
  const isShort = length <= 0xffff;
  const head = Buffer.alloc(isShort ? 4 : 10);
  head[0] = FINAL | opcode;
  head[1] = isShort ? SHORT : LONG;
  if (isShort) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

export function encodeClose(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return encodeFrame(OPCODES.close, payload);
}

/** Of a client: what a server that reads no messages must still heed. */
export interface ControlFrame {
  opcode: number;
  /** Unmasked. */
  payload: Buffer;
}

/** No control frame is longer. */
const MOST_CONTROL_BYTES = 125;

/** Finds the control frames in what a client sends, and skips its messages without keeping them. Throws for what is no frame of a client. */
export function newControlReader(): (chunk: Uint8Array) => ControlFrame[] {
  let rest: Buffer = Buffer.alloc(0);
  let skipped = 0n;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const frames: ControlFrame[] = [];
    for (;;) {
      const passed = skipped < BigInt(rest.length) ? Number(skipped) : rest.length;
      rest = rest.subarray(passed);
      skipped -= BigInt(passed);
      const head = skipped === 0n ? readHead(rest) : undefined;
      if (!head) return frames;
      if (isControl(head.opcode)) {
        if (rest.length < head.size + Number(head.length)) return frames;
        frames.push({ opcode: head.opcode, payload: unmasked(rest, head) });
      }
      rest = rest.subarray(head.size);
      skipped = head.length;
    }
  };
}

interface Head {
  opcode: number;
  length: bigint;
  /** Of the head, with its mask. */
  size: number;
}

const isControl = (opcode: number): boolean => opcode >= OPCODES.close;

/** Undefined: there is more to come. Throws. */
function readHead(bytes: Buffer): Head | undefined {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  if ((second & MASKED) === 0) throw new Error('a frame of a client is not masked');
  const told = second & ~MASKED;
  const size = 2 + (told === SHORT ? 2 : told === LONG ? 8 : 0) + 4;
  if (bytes.length < size) return undefined;
  const length =
    told === SHORT ? BigInt(bytes.readUInt16BE(2)) : told === LONG ? bytes.readBigUInt64BE(2) : BigInt(told);
  const opcode = first & 0x0f;
  if (isControl(opcode) && length > MOST_CONTROL_BYTES) throw new Error('a control frame is too long');
  return { opcode, length, size };
}

function unmasked(bytes: Buffer, { size, length }: Head): Buffer {
  const mask = bytes.subarray(size - 4, size);
  return Buffer.from(bytes.subarray(size, size + Number(length)).map((byte, at) => byte ^ (mask[at % 4] ?? 0)));
}
