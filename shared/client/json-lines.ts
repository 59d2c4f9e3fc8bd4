/**
 * Splits a stream of newline-separated JSON values, wherever its chunks end: in a value, or within a character. Empty lines are skipped. What ends in one chunk
 * comes together, and is parsed as it is taken. `known`: what a chunk of whole lines says, where that need not be read.
 */
export async function* jsonLines(
  chunks: AsyncIterable<Uint8Array>,
  known: (chunk: Uint8Array) => readonly unknown[] | undefined = () => undefined,
): AsyncGenerator<Iterable<unknown>> {
  let pieces: Uint8Array[] = [];
  for await (const chunk of chunks) {
    const values = known(chunk);
    if (values) {
      yield values;
      continue;
    }
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      lines.push(textOf([...pieces, chunk.subarray(from, end)]));
      pieces = [];
      from = end + 1;
    }
    if (from < chunk.length) pieces.push(chunk.subarray(from));
    if (lines.length > 0) yield parsed(lines);
  }
  yield parsed([textOf(pieces)]);
}

function* parsed(lines: readonly string[]): Iterable<unknown> {
  for (const line of lines) if (line !== '') yield JSON.parse(line);
}

/** The whole of a body as text. */
export async function readText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  return textOf(pieces);
}

/** A mark of the byte order is white space to `trim`. */
export function textOf(pieces: Uint8Array[]): string {
  const [only] = pieces;
  const { buffer, byteOffset, byteLength } = only && pieces.length === 1 ? only : Buffer.concat(pieces);
  return Buffer.from(buffer, byteOffset, byteLength).toString().trim();
}
