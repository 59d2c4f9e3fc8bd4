import type { CelFunction, CelFunctions } from './cel-function.ts';
import { CelError, type CelValue, Duration, noSuchOverload, Timestamp, Uint } from './cel-value.ts';
import { compareValues } from './compare-values.ts';

/** Arithmetic and order. */

const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);

export function checkedInt(value: bigint): bigint {
  if (value > MAX_INT || value < MIN_INT) throw new CelError('integer overflow');
  return value;
}

/** From the beginning of year 1 to the end of 9999. */
const FIRST_TIME = -62_135_596_800n * 1_000_000_000n;
const TIME_AFTER_LAST = 253_402_300_800n * 1_000_000_000n;

export function checkedTime(nanos: bigint): Timestamp {
  if (nanos < FIRST_TIME || nanos >= TIME_AFTER_LAST) throw new CelError('timestamp overflow');
  return new Timestamp(nanos);
}

function checkedDuration(nanos: bigint): Duration {
  if (nanos > MAX_INT || nanos < MIN_INT) throw new CelError('duration overflow');
  return new Duration(nanos);
}

type Arithmetic = {
  ints: (a: bigint, b: bigint) => bigint;
  doubles?: (a: number, b: number) => number;
};

/** Both of one kind of number. */
const arithmetic =
  ({ ints, doubles }: Arithmetic): CelFunction =>
  (a, b) => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return checkedInt(ints(a, b));
    if (typeof a === 'number' && typeof b === 'number') return doubles?.(a, b);
    return a instanceof Uint && b instanceof Uint ? new Uint(ints(a.value, b.value)) : undefined;
  };

const addNumbers = arithmetic({ ints: (a, b) => a + b, doubles: (a, b) => a + b });
const subtract = arithmetic({ ints: (a, b) => a - b, doubles: (a, b) => a - b });

function divided(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new CelError('division by zero');
  return a / b;
}

function remainder(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new CelError('modulus by zero');
  return a % b;
}

function addTimes(a: CelValue | undefined, b: CelValue | undefined): CelValue | undefined {
  if (a instanceof Duration && b instanceof Duration) return checkedDuration(a.nanos + b.nanos);
  if (a instanceof Duration && b instanceof Timestamp) return checkedTime(a.nanos + b.nanos);
  return a instanceof Timestamp && b instanceof Duration ? checkedTime(a.nanos + b.nanos) : undefined;
}

function subtractTimes(a: CelValue | undefined, b: CelValue | undefined): CelValue | undefined {
  if (a instanceof Duration && b instanceof Duration) return checkedDuration(a.nanos - b.nanos);
  if (a instanceof Timestamp && b instanceof Timestamp) return checkedDuration(a.nanos - b.nanos);
  return a instanceof Timestamp && b instanceof Duration ? checkedTime(a.nanos - b.nanos) : undefined;
}

const ordered =
  (holds: (order: number) => boolean): CelFunction =>
  (a = null, b = null) =>
    holds(compareValues(a, b));

/** Of two numbers, or two times, of one kind. Throws a CelError. */
export function add(a: CelValue, b: CelValue): CelValue {
  const sum = addNumbers(a, b) ?? addTimes(a, b);
  if (sum === undefined) throw noSuchOverload();
  return sum;
}

export const numberFunctions: CelFunctions = {
  '_+_': (a = null, b = null) => addNumbers(a, b) ?? addTimes(a, b),
  '_-_': (a = null, b = null) => subtract(a, b) ?? subtractTimes(a, b),
  '_*_': arithmetic({ ints: (a, b) => a * b, doubles: (a, b) => a * b }),
  '_/_': arithmetic({ ints: divided, doubles: (a, b) => a / b }),
  '_%_': arithmetic({ ints: remainder }),
  '-_': (a) => (typeof a === 'bigint' ? checkedInt(-a) : typeof a === 'number' ? -a : undefined),
  '!_': (a) => (typeof a === 'boolean' ? !a : undefined),
  '_<_': ordered((order) => order < 0),
  '_<=_': ordered((order) => order <= 0),
  '_>_': ordered((order) => order > 0),
  '_>=_': ordered((order) => order >= 0),
};
