import type { Schema } from '../../../shared/apis/schema.ts';
import { knownFormat } from './known-formats.ts';

/** Numbers that Go's types can hold. */

const INT32_END = 2 ** 31;
export const INT64_END = 2 ** 63;

export const isInt32 = (value: number): boolean => Number.isInteger(value) && value >= -INT32_END && value < INT32_END;

/** Its end counts as the greatest of them, which is one less and rounded to it here. */
export const isInt64 = (value: number): boolean => Number.isInteger(value) && Math.abs(value) <= INT64_END;

/** A whole number as Go's integer. */
export const int64Of = (value: number): bigint => (value === INT64_END ? BigInt(value) - 1n : BigInt(value));

/** What a schema's type and format say of numbers; undefined: nothing. */
export function numberRange(schema: Schema): { has: (value: number) => boolean; name: string } | undefined {
  const format = knownFormat(schema);
  const name = `${schema.type} ${format === undefined ? '(default format)' : `with format ${format}`}`;
  if (schema.type === 'integer') return { has: format === 'int32' ? isInt32 : isInt64, name };
  return format === 'float' ? { has: (value) => Number.isFinite(Math.fround(value)), name } : undefined;
}
