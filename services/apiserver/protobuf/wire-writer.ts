/** The protobuf wire format (protobuf.dev, "Encoding"): what `readFields` reads. */

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;

/** Negative numbers take ten bytes, as in every int32 and int64. */
function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

const head = (number: number, wireType: number): number[] => varint(BigInt(number * 8 + wireType));

export function integerField(number: number, value: number | bigint): Uint8Array {
  return Buffer.from([...head(number, VARINT), ...varint(BigInt(value))]);
}

export const booleanField = (number: number, value: boolean): Uint8Array => integerField(number, value ? 1 : 0);

export function doubleField(number: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([Buffer.from(head(number, FIXED_64)), bytes]);
}

export function bytesField(number: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([...head(number, BYTES), ...varint(BigInt(value.length))]), value]);
}

export const textField = (number: number, value: string): Uint8Array => bytesField(number, Buffer.from(value));
