import { objectJson } from './object-json.ts';

/**
 * Kubernetes quantities (`500m`, `2Gi`, `1e3`) as exact numbers: parsed, added and written back in canonical form.
 * Source: Kubernetes API reference, "Quantity". Precision is 1e-9, finer fractions round up, as upstream. One with more than a thousand digits is none, for
 * anybody can write `1e999999999`, and upstream would reckon with all of them.
 */

type Format = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

export interface Quantity {
  /** In units of 1e-9. */
  nano: bigint;
  format: Format;
}

const NANO = 1_000_000_000n;
const DECIMAL_SUFFIXES: Record<string, number> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;

export const ZERO: Quantity = { nano: 0n, format: 'DecimalSI' };

/** Before and after the point, and as zeros that an exponent adds. */
export const MOST_DIGITS = 1000;
/** As much as upstream's own hold. */
const MOST_EXPONENT = 2 ** 31 - 1;

/** Undefined if `text` is no quantity, or too long a one. */
export function parseQuantity(text: string | number): Quantity | undefined {
  const match = PATTERN.exec(String(text));
  const [, sign = '', whole = '', fraction = '', suffix = '', exponent] = match ?? [];
  const length = whole.length + fraction.length;
  if (!match || length === 0 || length > MOST_DIGITS || Math.abs(Number(exponent ?? 0)) > MOST_EXPONENT)
    return undefined;
  const digits = BigInt(`${whole}${fraction}`);
  if (digits !== 0n && length + Number(exponent ?? 0) > MOST_DIGITS) return undefined;
  const scaled = suffix.endsWith('i')
    ? smaller(
        divideUp(digits * NANO * 1024n ** BigInt(BINARY_SUFFIXES.indexOf(suffix)), 10n ** BigInt(fraction.length)),
        BINARY_LIMIT,
      )
    : shift(
        digits,
        9 - fraction.length + (exponent === undefined ? (DECIMAL_SUFFIXES[suffix] ?? 0) : Number(exponent)),
      );
  return { nano: sign === '-' ? -scaled : scaled, format: formatOf(suffix, exponent) };
}

/** Upstream keeps no more of those with a binary suffix. */
const BINARY_LIMIT = (2n ** 63n - 1n) * NANO;
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

function formatOf(suffix: string, exponent: string | undefined): Format {
  if (exponent !== undefined) return 'DecimalExponent';
  return suffix.endsWith('i') ? 'BinarySI' : 'DecimalSI';
}

/** What is smaller than all that can be told is rounded up too. */
function shift(digits: bigint, power: number): bigint {
  if (digits === 0n) return 0n;
  if (power < -MOST_DIGITS) return 1n;
  return power >= 0 ? digits * 10n ** BigInt(power) : divideUp(digits, 10n ** BigInt(-power));
}

function divideUp(value: bigint, by: bigint): bigint {
  return value % by === 0n ? value / by : value / by + 1n;
}

/** The sum keeps the format of its first summand that isn't zero. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format };
}

export function maxQuantity(a: Quantity, b: Quantity): Quantity {
  return b.nano > a.nano ? b : a;
}

/** Canonical text: the largest suffix that needs no fraction. */
export function formatQuantity(quantity: Quantity): string {
  const { nano } = quantity;
  if (nano === 0n) return '0';
  const sign = nano < 0n ? '-' : '';
  const size = nano < 0n ? -nano : nano;
  const isWhole = size >= 1024n * NANO && size % NANO === 0n;
  if (quantity.format === 'BinarySI' && isWhole) return sign + formatBinary(size / NANO);
  return sign + formatDecimal(size, quantity.format === 'DecimalExponent');
}

function formatBinary(whole: bigint): string {
  let rest = whole;
  let power = 0;
  while (rest % 1024n === 0n && power < BINARY_SUFFIXES.length - 1) {
    rest /= 1024n;
    power += 1;
  }
  return `${rest}${BINARY_SUFFIXES[power]}`;
}

function formatDecimal(nano: bigint, asExponent: boolean): string {
  let rest = nano;
  let power = -9;
  while (rest % 1000n === 0n && (asExponent || power < 18)) {
    rest /= 1000n;
    power += 3;
  }
  if (asExponent) return power === 0 ? `${rest}` : `${rest}e${power}`;
  const suffix = Object.keys(DECIMAL_SUFFIXES).find((name) => DECIMAL_SUFFIXES[name] === power) ?? '';
  return `${rest}${suffix}`;
}

/** What Kubernetes answers whatever was written: `0.5` is `500m`, `1024Mi` is `1Gi`. Undefined: not a quantity. */
export function canonicalQuantity(value: string | number): string | undefined {
  const text = (typeof value === 'number' ? objectJson(value) : String(value)).trim();
  const quantity = parseQuantity(text);
  return quantity && (isKept(text) ? text : formatQuantity(quantity));
}

/** Upstream does not write again what it takes for canonical at a glance, though some of it is not: `2e0`, `+1`, `1.500k`. Source: resource.ParseQuantity. */
function isKept(text: string): boolean {
  const [, , written = '', fraction = '', suffix = '', exponent] = PATTERN.exec(text) ?? [];
  const whole = written.replace(/^0+(?=.)/, '') || '0';
  if (suffix.endsWith('i')) {
    const room = 14 - 3 * BINARY_SUFFIXES.indexOf(suffix);
    return fraction === '' && whole.length <= room && Number(whole) % 8 !== 0;
  }
  const digits = whole + fraction;
  const scale = (exponent === undefined ? (DECIMAL_SUFFIXES[suffix] ?? 0) : Number(exponent)) - fraction.length;
  return digits.length <= 18 && scale >= -9 && scale % 3 === 0 && !/^0|000$/.test(digits);
}

/** A whole number, what is finer counting as the next one from zero; 0 for what is no quantity. */
export function wholeQuantity(value: unknown): bigint {
  return roundedAway(value, NANO);
}

/** In thousandths, what is finer counting as the next one from zero; 0 for what is no quantity. */
export function milliQuantity(value: unknown): bigint {
  return roundedAway(value, NANO / 1000n);
}

function roundedAway(value: unknown, unit: bigint): bigint {
  const nano = nanoOf(value);
  return nano < 0n ? -divideUp(-nano, unit) : divideUp(nano, unit);
}

/** Negative, 0 or positive, as the first is less than, as much as or more than the second; what is no quantity counts as 0. */
export function compareQuantities(one: unknown, other: unknown): number {
  const difference = nanoOf(one) - nanoOf(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const nanoOf = (value: unknown): bigint => parseQuantity(String(value).trim())?.nano ?? 0n;
