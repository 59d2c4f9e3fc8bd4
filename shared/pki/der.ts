/** The few DER forms (X.690) that a certificate request consists of; writing only. */

const TAG = { integer: 0x02, bitString: 0x03, oid: 0x06, utf8String: 0x0c, sequence: 0x30, set: 0x31 } as const;

/** Tag, length, content. */
export function der(tag: keyof typeof TAG | number, ...contents: Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  const number = typeof tag === 'number' ? tag : TAG[tag];
  return Buffer.concat([Buffer.from([number]), derLength(content.length), content]);
}

function derLength(length: number): Uint8Array {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

/** An object identifier from its dotted form. */
export function derOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der('oid', Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift(0x80 | (left & 0x7f));
  return digits;
}

export function derUtf8(text: string): Uint8Array {
  return der('utf8String', Buffer.from(text, 'utf8'));
}

/** A bit string of whole bytes. */
export function derBits(bytes: Uint8Array): Uint8Array {
  return der('bitString', Buffer.from([0]), bytes);
}
