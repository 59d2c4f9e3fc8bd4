import { isUtf8 } from 'node:buffer';
import { CelError, type CelValue, Duration, Opaque, Timestamp, TypeValue, Uint } from './cel-value.ts';
import { opaqueText } from './opaque-values.ts';
import { formatTimestamp } from './time-texts.ts';

/** What `string(value)` gives, and how errors name a key. Throws a CelError of what has no text. */
export function textOf(value: CelValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return doubleText(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Uint8Array) return bytesText(value);
  if (value instanceof Timestamp) return formatTimestamp(value.nanos);
  if (value instanceof Duration) return `${Number(value.nanos) / 1_000_000_000}s`;
  if (value instanceof TypeValue) return value.name;
  const text = value instanceof Opaque ? opaqueText(value) : undefined;
  if (text === undefined) throw new CelError('no such overload');
  return text;
}

function bytesText(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new CelError('invalid UTF-8 in bytes, cannot convert to string');
  return Buffer.from(bytes).toString();
}

/** As Go's `%g`. */
function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e21)) return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  return Object.is(value, -0) ? '-0' : String(value);
}
