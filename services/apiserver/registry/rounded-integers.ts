import { objectJson } from '../../../shared/apis/object-json.ts';

/** Seldom anything but an integer of that many digits; less are held by every number. */
const SUSPECT = /[:,[\s]-?\d{16}/;
/** Of JSON. A text without an end goes to the end. */
const TEXT_OR_LONG = /"(?:[^"\\]|\\.)*"?|(?<![\d.eE+-])-?\d{16,19}(?![\d.eE])/gs;
/** Texts and numbers that are looked at; with more, nobody has written the body by hand. */
const MOST = 100_000;

/** Numbers here hold integers of 53 bits, Go's of 64. Who sends JSON with one that is not kept as it is written is told of the first: nothing else would tell. */
export function warnOfRounding(json: string, warnings: string[]): void {
  if (!/^\s*[{[]/.test(json) || !SUSPECT.test(json)) return;
  const number = firstRounded(json);
  if (number === undefined) return;
  const text = `this API server rounds integers of more than 53 bits: ${number} is kept as ${kept(number)}`;
  // A body may be read twice.
  if (!warnings.includes(text)) warnings.push(text);
}

function firstRounded(json: string): string | undefined {
  let looked = 0;
  for (const [one] of json.matchAll(TEXT_OR_LONG)) {
    if (isRounded(one)) return one;
    if (++looked === MOST) return undefined;
  }
  return undefined;
}

const kept = (number: string): string => objectJson(Number(number));

/** Those beyond 64 bits are fractions in Go too. */
const isRounded = (one: string): boolean =>
  !one.startsWith('"') &&
  !Number.isSafeInteger(Number(one)) &&
  kept(one) !== one &&
  BigInt.asIntN(64, BigInt(one)) === BigInt(one);
