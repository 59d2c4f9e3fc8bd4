/** Durations as Go writes them, `1h30m` or `1.5s`, and what Go says of others. Source: Go, time.ParseDuration. */

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** The most that Go reads, and that its nanoseconds hold. */
const MAX_INTEGER = 2 ** 63;
const MAX_MS = MAX_INTEGER * 1e-6;

/** In milliseconds. Throws an Error in Go's words. */
export function parseDuration(text: string): number {
  const unsigned = text.replace(/^[-+]/, '');
  if (unsigned === '0') return 0;
  let sum = 0;
  let rest = unsigned;
  do {
    const [part, number = '', unit = ''] = /^(\d+\.?\d*|\.\d+)([^\d.]*)/s.exec(rest) ?? [];
    if (part === undefined || parseInt(number, 10) > MAX_INTEGER)
      throw new Error(`time: invalid duration ${quoted(text)}`);
    if (unit === '') throw new Error(`time: missing unit in duration ${quoted(text)}`);
    const unitMs = Object.hasOwn(UNITS_MS, unit) ? UNITS_MS[unit] : undefined;
    if (unitMs === undefined) throw new Error(`time: unknown unit ${quoted(unit)} in duration ${quoted(text)}`);
    sum += Number(number) * unitMs;
    if (sum > MAX_MS) throw new Error(`time: invalid duration ${quoted(text)}`);
    rest = rest.slice(part.length);
  } while (rest !== '');
  return text.startsWith('-') ? -sum : sum;
}

/** As Go's `time` quotes: each byte that is not plain ASCII by its number. */
function quoted(text: string): string {
  const plain = text.replace(/["\\]/g, '\\$&');
  const escaped = plain.replace(/[^\x20-\x7f]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  return `"${escaped}"`;
}
