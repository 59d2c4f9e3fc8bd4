/** Of JSON. A text without an end goes to the end: from each quote in it one would be looked for anew, which takes hours. */
export const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"?|-?\d[\d.eE+-]*/gs;

/**
 * An object as JSON. The greatest and the least integer of 64 bits, which people write for "never", are more than JavaScript can hold: they are rounded, and would be
 * written as numbers that Go reads into no integer. They are written as what they were.
 */
export function objectJson(object: unknown, indent?: number): string {
  const text = JSON.stringify(object, null, indent);
  return text.includes(ROUNDED_END) ? text.replace(TEXT_OR_NUMBER, (one) => ENDS.get(one) ?? one) : text;
}

const ROUNDED_END = String(2 ** 63);
const ENDS = new Map([
  [ROUNDED_END, String(2n ** 63n - 1n)],
  [`-${ROUNDED_END}`, String(-(2n ** 63n))],
]);
