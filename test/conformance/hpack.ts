/** Lists of header fields as HTTP/2 packs them (RFC 7541): written out in full, read without a table of what came before. */

/** Names and values, a character for each byte. */
export type Fields = readonly (readonly [name: string, value: string])[];

const FEWEST_BITS = 5;
const MOST_BITS = 30;
const RESIZING = 0x20;

/** Every field as one that no table holds, with its name. */
export function packed(fields: Fields): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), packedText(name), packedText(value)]));
}

function packedText(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return Buffer.concat([packedNumber(bytes.length, { bits: 7, mark: 0 }), bytes]);
}

interface Prefix {
  bits: number;
  /** What stands in the byte before the number. */
  mark: number;
}

/** Source: RFC 7541, 5.1. */
export function packedNumber(value: number, { bits, mark }: Prefix): Buffer {
  const most = 2 ** bits - 1;
  if (value < most) return Buffer.from([mark | value]);
  const bytes = [mark | most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** What a server wrote to somebody who said that he keeps no table. */
export function unpacked(block: Buffer): [name: string, value: string][] {
  const reader = { block, at: 0 };
  const fields: [string, string][] = [];
  while (reader.at < block.length) {
    const first = block[reader.at]!;
    if (first & 0x80) fields.push([...fixedField(number(reader, 7))]);
    else if ((first & 0xe0) === RESIZING) number(reader, 5);
    else fields.push([nameAt(reader, first & 0x40 ? 6 : 4), text(reader)]);
  }
  return fields;
}

interface Reader {
  readonly block: Buffer;
  at: number;
}

function nameAt(reader: Reader, bits: number): string {
  const index = number(reader, bits);
  return index === 0 ? text(reader) : fixedField(index)[0];
}

function number(reader: Reader, bits: number): number {
  const most = 2 ** bits - 1;
  let value = reader.block[reader.at++]! & most;
  if (value < most) return value;
  for (let unit = 1; ; unit *= 128) {
    const byte = reader.block[reader.at++]!;
    value += (byte & 127) * unit;
    if (byte < 128) return value;
  }
}

function text(reader: Reader): string {
  const isCoded = (reader.block[reader.at]! & 0x80) !== 0;
  const length = number(reader, 7);
  const bytes = reader.block.subarray(reader.at, reader.at + length);
  reader.at += length;
  return isCoded ? decoded(bytes) : bytes.toString('latin1');
}

/** Without what fills the last byte up. */
function decoded(bytes: Buffer): string {
  let result = '';
  let code = 0;
  let length = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1);
      const character = characters.get(`${++length} ${code}`);
      if (character === undefined) continue;
      result += character;
      [code, length] = [0, 0];
    }
  }
  return result;
}

function fixedField(index: number): readonly [string, string] {
  const field = fixedFields[index - 1];
  if (!field) throw new Error(`the table has no field ${index}`);
  return field;
}

/** How many bits stand for each byte. Source: RFC 7541, appendix B. */
const bitLengths = `
  13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28
  6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10
  13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6
  15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 7 7 7 7 15 11 14 13 28
  20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23 24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24
  22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
  26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
  20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23 26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26`
  .trim()
  .split(/\s+/)
  .map(Number);

/** By length and code: among those of one length they follow the bytes. */
const characters = new Map<string, string>();
for (let length = FEWEST_BITS, code = 0; length <= MOST_BITS; length++, code *= 2) {
  bitLengths.forEach((bits, byte) => {
    if (bits === length) characters.set(`${length} ${code++}`, String.fromCharCode(byte));
  });
}

/** Source: RFC 7541, appendix A. */
const fixedFields = `
:authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|:status 200|:status 204|:status 206|:status 304|:status 400|
:status 404|:status 500|accept-charset|accept-encoding gzip, deflate|accept-language|accept-ranges|accept|access-control-allow-origin|age|allow|
authorization|cache-control|content-disposition|content-encoding|content-language|content-length|content-location|content-range|content-type|cookie|
date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|link|location|max-forwards|
proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|server|set-cookie|strict-transport-security|transfer-encoding|user-agent|vary|
via|www-authenticate`
  .replaceAll('\n', '')
  .split('|')
  .map((field): [string, string] => {
    const at = field.indexOf(' ');
    return at < 0 ? [field, ''] : [field.slice(0, at), field.slice(at + 1)];
  });
