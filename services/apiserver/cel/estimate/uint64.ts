/** Whole numbers from 0 to 2^64 - 1, which end at the greatest instead of going over it. Source: cel-go, `checker/cost.go`. */

export const GREATEST = 2n ** 64n - 1n;

const ended = (value: bigint): bigint => (value > GREATEST ? GREATEST : value);
export const sum = (a: bigint, b: bigint): bigint => ended(a + b);
export const product = (a: bigint, b: bigint): bigint => ended(a * b);
export const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Rounded up. Reckoned as cel-go does, in numbers of 53 bits. */
export function scaled(value: bigint, factor: number): bigint {
  const up = Math.ceil(Number(value) * factor);
  return up < 2 ** 64 ? BigInt(up) : GREATEST;
}

/** Where upstream goes over the end, or below zero. */
export const wrapped = (value: bigint): bigint => BigInt.asUintN(64, value);
