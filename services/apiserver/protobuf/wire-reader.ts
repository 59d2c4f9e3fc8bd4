/** The protobuf wire format (protobuf.dev, "Encoding"): the fields of a message, one after the other. */
export interface WireField {
  number: number;
  /** A varint or a fixed value, little-endian two's complement in 64 bits; absent for bytes. */
  value?: bigint;
  /** Of a length-delimited field. */
  bytes?: Uint8Array;
}

export class ProtobufError extends Error {
  constructor(why: string) {
    super(`proto: ${why}`);
    this.name = 'ProtobufError';
  }
}

/** Throws `ProtobufError` for bytes that are no message. */
export function* readFields(message: Uint8Array): Iterable<WireField> {
  const { isAtEnd, view, take, varint } = newReader(message);
  while (!isAtEnd()) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    if (number < 1) throw new ProtobufError(`illegal tag ${number}`);
    switch (tag % 8) {
      case 0:
        yield { number, value: varint() };
        break;
      case 1:
        yield { number, value: view.getBigUint64(take(8), true) };
        break;
      case 2: {
        const length = Number(varint());
        const start = take(length);
        yield { number, bytes: message.subarray(start, start + length) };
        break;
      }
      case 5:
        yield { number, value: BigInt(view.getUint32(take(4), true)) };
        break;
      default:
        throw new ProtobufError(`illegal wireType ${tag % 8}`);
    }
  }
}

/** Numbers one after the other, as packed lists have them. Throws `ProtobufError`. */
export function* readVarints(packed: Uint8Array): Iterable<bigint> {
  const { isAtEnd, varint } = newReader(packed);
  while (!isAtEnd()) yield varint();
}

function newReader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  const take = (count: number): number => {
    const start = at;
    if (count > bytes.length - at) throw new ProtobufError('unexpected EOF');
    at += count;
    return start;
  };

  /** Ten bytes at most. */
  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = view.getUint8(take(1));
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufError('integer overflow');
  }

  return { view, take, varint, isAtEnd: () => at >= bytes.length };
}
