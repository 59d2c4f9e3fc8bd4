import { canonicalQuantity, milliQuantity } from '../../../../shared/apis/quantity.ts';

/** There is no part of a byte. */
export function fractionWarning(amount: unknown, field: string): string[] {
  if (milliQuantity(amount) % 1000n === 0n) return [];
  const value = canonicalQuantity(String(amount)) ?? '';
  const text = `fractional byte value ${JSON.stringify(value)} is invalid, must be an integer`;
  return [`${field}: ${text}`];
}
