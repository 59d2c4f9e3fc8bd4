/**
 * The canonical text of a resource quantity, which is what Kubernetes answers whatever was written: `0.5` is `500m`, `1024Mi` is `1Gi`, `2000` is `2k`.
 * Source: the documentation of apimachinery's resource.Quantity.
 */

type Format = 'binary' | 'decimal' | 'exponent';

interface Parsed {
  /** In billionths, rounded away from zero. */
  nano: bigint;
  format: Format;
}

const decimalExponents: Record<string, number> = {
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
const binaryUnits = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const form = /^([+-]?)(\d*)(?:\.(\d*))?(n|u|m|k|[KMGTPE]i|[MGTPE]|[eE][+-]?\d+)?$/;
const nanoDigits = 9;

/** Undefined: not a quantity. */
export function canonicalQuantity(value: string | number): string | undefined {
  const parsed = parse(String(value).trim());
  if (!parsed) return undefined;
  const { nano, format } = parsed;
  const one = 10n ** BigInt(nanoDigits);
  const isSmall = nano > -1024n * one && nano < 1024n * one;
  if (format === 'binary' && !isSmall) return printBinary(nano, one);
  return printDecimal(nano, format === 'exponent');
}

/** Negative, 0 or positive, as the first is less than, as much as or more than the second; what is no quantity counts as 0. */
export function compareQuantities(one: unknown, other: unknown): number {
  const nano = (value: unknown): bigint => parse(String(value).trim())?.nano ?? 0n;
  const difference = nano(one) - nano(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function parse(text: string): Parsed | undefined {
  const match = form.exec(text);
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match ?? [];
  if (!match || whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const scale = scaleOf(suffix);
  const shift = nanoDigits + scale.ten - fraction.length;
  const scaled = digits * scale.factor;
  const nano = shift >= 0 ? scaled * 10n ** BigInt(shift) : roundUp(scaled, 10n ** BigInt(-shift));
  return { nano: sign === '-' ? -nano : nano, format: scale.format };
}

function scaleOf(suffix: string): { factor: bigint; ten: number; format: Format } {
  if (suffix.endsWith('i')) {
    return { factor: 1024n ** BigInt(binaryUnits.indexOf(suffix)), ten: 0, format: 'binary' };
  }
  if (/^[eE]./.test(suffix)) return { factor: 1n, ten: Number(suffix.slice(1)), format: 'exponent' };
  return { factor: 1n, ten: decimalExponents[suffix] ?? 0, format: 'decimal' };
}

const roundUp = (value: bigint, by: bigint): bigint => (value + by - 1n) / by;

function printBinary(nano: bigint, one: bigint): string {
  const negative = nano < 0n;
  let value = roundUp(negative ? -nano : nano, one);
  let unit = 0;
  while (value % 1024n === 0n && unit < binaryUnits.length - 1) {
    value /= 1024n;
    unit += 1;
  }
  return `${negative ? '-' : ''}${value}${binaryUnits[unit]}`;
}

/** The largest unit that leaves a whole number. */
function printDecimal(nano: bigint, withExponent: boolean): string {
  if (nano === 0n) return '0';
  let value = nano;
  let exponent = -nanoDigits;
  while (value % 1000n === 0n && exponent < 18) {
    value /= 1000n;
    exponent += 3;
  }
  if (withExponent) return exponent === 0 ? `${value}` : `${value}e${exponent}`;
  const suffix = Object.entries(decimalExponents).find(([, power]) => power === exponent)?.[0] ?? '';
  return `${value}${suffix}`;
}
