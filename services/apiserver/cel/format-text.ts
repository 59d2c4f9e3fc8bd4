import { addWork, CHARACTER_WORK, ITEM_WORK } from './budget.ts';
import { CelError, type CelList, type CelValue, isList, isMap, Uint, valuesOf } from './cel-value.ts';
import { textOf } from './text-of-value.ts';

/** `text.format(args)`: `%s`, `%d`, `%f`, `%e`, `%b`, `%o`, `%x`, `%X` with a precision where it says something. Source: cel-go, `ext/formatting.go`. */
export function formatText(text: string, args: CelList): string {
  let next = 0;
  return text.replace(/%(?:%|(?:\.(\d+))?(.?))/gs, (whole, precision: string | undefined, verb: string | undefined) => {
    if (whole === '%%') return '%';
    if (next >= args.length) throw new CelError(`index ${next} out of range`);
    return formatted(args.at(next++), verb ?? '', precision === undefined ? 6 : Number(precision));
  });
}

const isWhole = (value: CelValue): value is bigint | Uint => typeof value === 'bigint' || value instanceof Uint;
const wholeOf = (value: bigint | Uint): bigint => (value instanceof Uint ? value.value : value);

const RADIX: Readonly<Record<string, number>> = { d: 10, b: 2, o: 8, x: 16, X: 16 };

function formatted(value: CelValue, verb: string, precision: number): string {
  if (verb === 's') return shown(value);
  if (verb === 'f' && typeof value === 'number') return value.toFixed(precision);
  if (verb === 'e' && typeof value === 'number')
    return value.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2');
  const text = radixText(value, verb);
  if (text === undefined)
    throw new CelError(
      `error during formatting: could not parse formatting clause: unrecognized formatting clause "${verb}"`,
    );
  return verb === 'X' ? text.toUpperCase() : text;
}

function radixText(value: CelValue, verb: string): string | undefined {
  const radix = RADIX[verb];
  if (radix === undefined) return undefined;
  if (isWhole(value)) return wholeOf(value).toString(radix);
  if (verb === 'b' && typeof value === 'boolean') return value ? '1' : '0';
  if (radix !== 16) return undefined;
  return typeof value === 'string' || value instanceof Uint8Array ? hexText(Buffer.from(value)) : undefined;
}

function hexText(bytes: Buffer): string {
  addWork(bytes.length * 2 * CHARACTER_WORK);
  return bytes.toString('hex');
}

/** `%s` takes everything. Lists can hold one value many times, and texts of them get longer than there is memory. */
export function shown(value: CelValue): string {
  const text = shownNow(value);
  addWork(ITEM_WORK + text.length * CHARACTER_WORK);
  return text;
}

function shownNow(value: CelValue): string {
  if (value === null) return 'null';
  if (isList(value)) return `[${valuesOf(value).map(shown).join(', ')}]`;
  if (isMap(value))
    return `{${value
      .keys()
      .map((key) => `${shown(key)}: ${shown(value.find(key) ?? null)}`)
      .sort()
      .join(', ')}}`;
  return textOf(value);
}
