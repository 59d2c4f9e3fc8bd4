import { canonicalQuantity } from '../../../../shared/apis/quantity.ts';
import type { Schema } from '../../../../shared/apis/schema.ts';
import { isPlainMicroTime, isPlainTime, secondsText } from '../plain-time.ts';

/** Values that Kubernetes reads in several forms and always writes in one: quantities and times. */

const quantityRef = /\.resource\.Quantity$/;
const timeRef = /\.meta\.v1\.Time$/;
const microTimeRef = /\.meta\.v1\.MicroTime$/;

/** Whole seconds, UTC. */
export function canonicalTime(text: string): string {
  if (isPlainTime(text)) return text;
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : secondsText(at);
}

/** Six decimals, UTC. Dates hold milliseconds only, so the decimals are taken from the text. */
function canonicalMicroTime(text: string): string {
  if (isPlainMicroTime(text)) return text;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return text;
  const decimals = /\.(\d+)/.exec(text)?.[1] ?? '';
  return `${secondsText(at).slice(0, -1)}.${decimals.padEnd(6, '0').slice(0, 6)}Z`;
}

/** `schema` is the field's own, unresolved. A value in no known form comes back as it is. */
export function canonicalValue(value: unknown, { $ref }: Schema): unknown {
  if ($ref === undefined || (typeof value !== 'string' && typeof value !== 'number')) return value;
  if (quantityRef.test($ref)) return canonicalQuantity(value) ?? value;
  if (typeof value !== 'string') return value;
  if (timeRef.test($ref)) return canonicalTime(value);
  return microTimeRef.test($ref) ? canonicalMicroTime(value) : value;
}
