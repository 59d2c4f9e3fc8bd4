import { parseDuration } from '../registry/parse-duration.ts';
import { addWork } from './budget.ts';
import { CelError, Timestamp } from './cel-value.ts';

/** Whether `timestamp(text)` gives one. */
export const isTimestamp = (text: string): boolean => LITERAL.test(text) && !Number.isNaN(Date.parse(text));

const LITERAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const TIME = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:?\d\d)$/;

/** Throws a CelError. */
export function parseTimestamp(text: string): Timestamp {
  const [, day, time, fraction = '', zone = ''] = TIME.exec(text) ?? [];
  const ms = Date.parse(`${day}T${time}${zone.toUpperCase()}`);
  if (day === undefined || Number.isNaN(ms)) throw new CelError(`invalid timestamp: ${text}`);
  return new Timestamp(BigInt(ms) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0')));
}

/** As Go's RFC3339Nano. */
export function formatTimestamp(nanos: bigint): string {
  const part = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const whole = new Date(Number((nanos - part) / 1_000_000n)).toISOString().replace('.000Z', '');
  const fraction = part === 0n ? '' : `.${String(part).padStart(9, '0').replace(/0+$/, '')}`;
  return `${whole}${fraction}Z`;
}

/** Whether `duration(text)` gives one. */
export function isDuration(text: string): boolean {
  addWork(text.length * DURATION_WORK);
  try {
    parseDuration(text);
    return true;
  } catch {
    return false;
  }
}

/** The words for units that schemas allow beyond Go's. */
const DAYS: Readonly<Record<string, number>> = { d: 24, day: 24, days: 24, w: 168, week: 168, weeks: 168 };

/** To read a character of a duration. */
const DURATION_WORK = 20;

/** Throws a CelError. */
export function durationNanos(text: string): bigint {
  addWork(text.length * DURATION_WORK);
  const plain = text.replace(/(?<!\d)(\d+)\s*(days?|d|weeks?|w)(?![a-z])/g, (_, count: string, unit: string) => {
    return `${Number(count) * (DAYS[unit] ?? 24)}h`;
  });
  try {
    return BigInt(Math.round(parseDuration(plain.replaceAll(' ', '')) * 1_000_000));
  } catch (error) {
    throw new CelError(error instanceof Error ? error.message : String(error));
  }
}
