import { addWork } from './budget.ts';
import type { CelFunction, CelFunctions } from './cel-function.ts';
import { CelError, type CelValue, Duration, Timestamp } from './cel-value.ts';

/** The parts of times and durations. */

interface Parts {
  year: number;
  month: number;
  date: number;
  hours: number;
  minutes: number;
  seconds: number;
}

/** Of a moment at a place: in UTC, a zone by its name, or so many hours and minutes from UTC. */
function partsAt({ nanos }: Timestamp, zone: CelValue | undefined): Parts {
  const ms = Number(nanos / 1_000_000n);
  if (zone === undefined || zone === '' || zone === 'UTC') return partsOf(new Date(ms));
  const [, sign, hours, minutes] = /^([+-]?)(\d\d):(\d\d)$/.exec(String(zone)) ?? [];
  if (hours === undefined) return partsOf(new Date(localMs(ms, String(zone))));
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  return partsOf(new Date(ms + offset * 60_000));
}

/** No zone has a name of so many characters. */
const LONGEST_ZONE = 100;

/** To find out what the clocks of a zone show. */
const ZONE_WORK = 20_000;

/** The last hours of year 9999 are in 10000 elsewhere. */
function localMs(ms: number, timeZone: string): number {
  addWork(ZONE_WORK);
  if (timeZone.length > LONGEST_ZONE) throw new CelError(`unknown time zone ${timeZone}`);
  try {
    const text = new Date(ms).toLocaleString('sv-SE', { timeZone });
    return Date.parse(`${text.replace(' ', 'T').replace(/^(?=\d{5}-)/, '+0')}Z`);
  } catch {
    throw new CelError(`unknown time zone ${timeZone}`);
  }
}

const partsOf = (date: Date): Parts => ({
  year: date.getUTCFullYear(),
  month: date.getUTCMonth(),
  date: date.getUTCDate(),
  hours: date.getUTCHours(),
  minutes: date.getUTCMinutes(),
  seconds: date.getUTCSeconds(),
});

const dayMs = (parts: Parts): number => Date.UTC(parts.year, parts.month, parts.date);
const A_DAY = 86_400_000;

const ofTime =
  (part: (parts: Parts) => number): CelFunction =>
  (time, zone) =>
    time instanceof Timestamp ? BigInt(part(partsAt(time, zone))) : undefined;

const ofBoth =
  (part: (parts: Parts) => number, unitNanos: bigint): CelFunction =>
  (value, zone) =>
    value instanceof Duration
      ? value.nanos / unitNanos
      : ofTime(part)(value ?? null, ...(zone === undefined ? [] : [zone]));

const SECOND = 1_000_000_000n;

export const timeFunctions: CelFunctions = {
  getFullYear: ofTime(({ year }) => year),
  getMonth: ofTime(({ month }) => month),
  getDayOfYear: ofTime((parts) => (dayMs(parts) - Date.UTC(parts.year, 0, 1)) / A_DAY),
  getDayOfMonth: ofTime(({ date }) => date - 1),
  getDate: ofTime(({ date }) => date),
  getDayOfWeek: ofTime((parts) => new Date(dayMs(parts)).getUTCDay()),
  getHours: ofBoth(({ hours }) => hours, 3600n * SECOND),
  getMinutes: ofBoth(({ minutes }) => minutes, 60n * SECOND),
  getSeconds: ofBoth(({ seconds }) => seconds, SECOND),
  getMilliseconds: (value) => {
    if (value instanceof Duration) return (value.nanos % SECOND) / 1_000_000n;
    return value instanceof Timestamp ? (((value.nanos % SECOND) + SECOND) % SECOND) / 1_000_000n : undefined;
  },
};
