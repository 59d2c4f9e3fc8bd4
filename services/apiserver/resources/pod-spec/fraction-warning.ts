import { canonicalQuantity } from '../../../../shared/apis/quantity.ts';

/** There is no part of a byte. */
export function fractionWarning(amount: unknown, field: string): string[] {
  const value = canonicalQuantity(String(amount ?? '0')) ?? '';
  const text = `fractional byte value ${JSON.stringify(value)} is invalid, must be an integer`;
  return /[mun]$/.test(value) ? [`${field}: ${text}`] : [];
}
