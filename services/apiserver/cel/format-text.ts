import { goQuoted } from '../types/go-quoted.ts';
import { roundedToEven } from '../types/rounded-to-even.ts';
import { addWork, CHARACTER_WORK, ITEM_WORK } from './budget.ts';
import {
  CelError,
  type CelList,
  type CelMap,
  type CelValue,
  Duration,
  isList,
  isMap,
  Timestamp,
  TypeValue,
  Uint,
  valuesOf,
} from './cel-value.ts';
import { CLAUSE, clauseError, SHOWN } from './format-errors.ts';
import { textOf } from './text-of-value.ts';
import { typeName } from './value-functions.ts';

/** `text.format(args)`: `%s`, `%d`, `%f`, `%e`, `%b`, `%o`, `%x`, `%X` with a precision where it says something. Source: cel-go, `ext/formatting.go`, for `en_US`. */
export function formatText(text: string, args: CelList): string {
  let next = 0;
  return text.replace(CLAUSE, (whole, precision: string | undefined, verb: string | undefined) => {
    if (whole === '%%') return '%';
    if (next >= args.length) throw new CelError(`index ${next} out of range`);
    const mistake = clauseError({ precision, verb });
    if (mistake !== undefined) throw new CelError(mistake);
    return formatted(args.at(next++), verb ?? '', precision === undefined ? 6 : Number(precision.slice(1)));
  });
}

const RADIX: Readonly<Record<string, number>> = { d: 10, b: 2, o: 8, x: 16, X: 16 };

function formatted(value: CelValue, verb: string, precision: number): string {
  const text =
    verb === 's'
      ? plainText(value)
      : verb === 'f' || verb === 'e'
        ? double(value, verb, precision)
        : radixText(value, verb);
  if (text === undefined) throw failure(`${SHOWN[verb]?.only ?? ''}, was given ${typeName(value)}`);
  addWork(ITEM_WORK + text.length * CHARACTER_WORK);
  return verb === 'X' ? text.toUpperCase() : text;
}

const failure = (why: string): CelError => new CelError(`error during formatting: ${why}`);

function radixText(value: CelValue, verb: string): string | undefined {
  const radix = RADIX[verb];
  if (typeof value === 'bigint') return value.toString(radix);
  if (value instanceof Uint) return value.value.toString(radix);
  if (verb === 'b' && typeof value === 'boolean') return value ? '1' : '0';
  if (radix !== 16) return undefined;
  return typeof value === 'string' || value instanceof Uint8Array ? hexText(Buffer.from(value)) : undefined;
}

function hexText(bytes: Buffer): string {
  addWork(bytes.length * 2 * CHARACTER_WORK);
  return bytes.toString('hex');
}

const SPOKEN = ['NaN', 'Infinity', '-Infinity'];

function double(value: CelValue, verb: string, precision: number): string | undefined {
  const isSpoken = typeof value === 'string' && SPOKEN.includes(value);
  if (typeof value !== 'number' && !isSpoken) return undefined;
  const number = Number(value);
  addWork(precision * CHARACTER_WORK);
  if (verb === 'f') return Number.isFinite(number) ? grouped(fixed(number, precision)) : special(number);
  return (Number.isFinite(number) ? scientific(number) : special(number)).padStart(precision);
}

const special = (number: number): string => (Number.isNaN(number) ? 'NaN' : number > 0 ? '∞' : '-∞');

function fixed(number: number, precision: number): string {
  const sign = number < 0 ? '-' : '';
  const size = Math.abs(number);
  if (size >= 1e21) return `${sign}${BigInt(size)}${precision > 0 ? `.${'0'.repeat(precision)}` : ''}`;
  return sign + (precision > 0 ? roundedToEven(size, precision) : wholeText(size));
}

/** What is just between two is the even one. */
const wholeText = (size: number): string => (size % 2 === 0.5 ? Math.floor(size) : size).toFixed(0);

const grouped = (text: string): string =>
  text.replace(/^(-?)(\d+)/, (_, sign: string, whole: string) => sign + whole.replace(/\B(?=(\d{3})+$)/g, ','));

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Upstream's precision of it is how wide it is. */
function scientific(number: number): string {
  const [mantissa = '', sign = '', exponent = ''] = number.toExponential(6).split(/e([+-])/);
  const raised = [...exponent.padStart(2, '0')].map((digit) => RAISED[Number(digit)]).join('');
  return `${mantissa}×10${sign === '-' ? '⁻' : ''}${raised}`;
}

/** `%s`; undefined of what it does not take. Lists can hold one value many times, and texts of them get longer than there is memory. */
function plainText(value: CelValue): string | undefined {
  if (value === null) return 'null';
  if (isList(value)) return listText(value);
  if (isMap(value)) return mapText(value);
  return scalarText(value);
}

function scalarText(value: CelValue): string | undefined {
  const isScalar =
    ['string', 'boolean', 'bigint', 'number'].includes(typeof value) ||
    [Uint, Uint8Array, Timestamp, Duration, TypeValue].some((type) => value instanceof type);
  if (!isScalar) return undefined;
  try {
    return textOf(value);
  } catch (error) {
    throw error instanceof CelError ? failure(`could not convert argument "${error.message}" to string`) : error;
  }
}

const listText = (list: CelList): string => `[${valuesOf(list).map(shown).join(', ')}]`;

function mapText(map: CelMap): string {
  const entries = map.keys().map((key): [string, CelValue] => [keyText(key), map.find(key) ?? null]);
  const sorted = entries.map(([key, value]) => [key, shown(value)]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return `{${sorted.map((entry) => entry.join(':')).join(', ')}}`;
}

function keyText(key: CelValue): string {
  const isKey = ['string', 'boolean', 'bigint'].includes(typeof key) || key instanceof Uint;
  if (!isKey) throw failure(`no formatting function for map key of type ${typeName(key)}`);
  return shown(key);
}

/** In a list or a map values are shown as they are written in expressions. */
export function shown(value: CelValue): string {
  const text = shownNow(value);
  addWork(ITEM_WORK + text.length * CHARACTER_WORK);
  return text;
}

function shownNow(value: CelValue): string {
  const text = plainText(value);
  if (text === undefined) throw failure(`no formatting function for ${typeName(value)}`);
  if (typeof value === 'string') return goQuoted(text);
  if (typeof value === 'number') return Number.isFinite(value) ? literalText(value) : goQuoted(text);
  if (value instanceof Uint8Array) return `b${goQuoted(text)}`;
  if (value instanceof Timestamp) return `timestamp(${goQuoted(text)})`;
  return value instanceof Duration ? `duration(${goQuoted(text)})` : text;
}

const literalText = (number: number): string => (Object.is(number, -0) ? '-' : '') + fixed(number, 6);
