import { isStatusError, StatusError } from '../../../shared/apis/meta/status-error.ts';
import { TEXT_OR_NUMBER } from '../../../shared/apis/object-json.ts';

/**
 * Go reads integers of digits alone: `1.0` and `1e3` are refused where one belongs, and told as they are written. Parsing leaves nothing of how numbers are written; so a
 * text with such ones is read once more with a mark in place of each, a fraction that is no other's, and what is then said of a mark is what Go says of the number.
 */
export interface NumberMarks {
  /** The JSON with marks. */
  text: string;
  /** With the numbers as they are written; undefined: nothing is said of one. */
  written(message: string): string | undefined;
}

/** Few bodies for built-in kinds have any that look like it. */
const SUSPECT = /[:,[\s]-?\d+(?:[.eE]|\d{18})/;
/** Of more than that the rest is told by their values: it would take half a second to mark as many as there can be. */
const MOST_MARKS = 10_000;
/** No number of an object is near the marks. */
const FIRST = 7_300_000_000;
const MARK = /\b73\d{8}\.5\b/g;

/** Of JSON, which need not be valid; undefined where all numbers can be told by their values. */
export function markNumbers(json: string): NumberMarks | undefined {
  if (!SUSPECT.test(json)) return undefined;
  const numbers: string[] = [];
  const text = json.replace(TEXT_OR_NUMBER, (one) => {
    if (numbers.length === MOST_MARKS || one.startsWith('"') || isAsItsValue(one)) return one;
    numbers.push(one);
    return `${FIRST + numbers.length - 1}.5`;
  });
  if (numbers.length === 0) return undefined;
  const written = (message: string): string | undefined => {
    const restored = message.replace(MARK, (mark) => numbers[Math.floor(Number(mark)) - FIRST] ?? mark);
    return restored === message ? undefined : restored;
  };
  return { text, written };
}

/** What an integer can be read of, and fractions, which none can. What Go can't hold at all is told otherwise. */
function isAsItsValue(number: string): boolean {
  const value = Number(number);
  if (!Number.isFinite(value) || String(value) === number) return true;
  return /^-?\d+$/.test(number) && BigInt.asIntN(64, BigInt(number)) === BigInt(number);
}

/** Throws what `read` says of numbers as they are written in JSON, and nothing else. */
export function checkWritten(json: string, read: (text: string) => unknown): void {
  const marks = markNumbers(json);
  if (!marks) return;
  try {
    read(marks.text);
  } catch (error) {
    const status = isStatusError(error) && marks.written(JSON.stringify(error.status));
    if (status) throw new StatusError(JSON.parse(status));
  }
}
