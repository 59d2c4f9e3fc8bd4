/** Schedules of cron, read as upstream's parser does (robfig/cron, v3). Throws an Error in its words. */

interface Bounds {
  min: number;
  max: number;
  names?: readonly string[];
}

const MONTHS = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];
const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const EVERY = '@every ';
const DURATION = /^[-+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$|^[-+]?0$/;

export function checkSchedule(schedule: string): void {
  const [, zone, rest] = /^(?:CRON_)?TZ=([^ ]*) (.*)$/s.exec(schedule) ?? [];
  if (zone !== undefined) checkZone(zone);
  const spec = (rest ?? schedule).trim();
  if (spec.startsWith('@')) checkDescriptor(spec);
  else checkFields(spec);
}

function checkFields(spec: string): void {
  const fields = spec.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== FIELDS.length) {
    throw new Error(`expected exactly ${FIELDS.length} fields, found ${fields.length}: [${fields.join(' ')}]`);
  }
  for (const [index, bounds] of FIELDS.entries()) {
    for (const range of (fields[index] ?? '').split(',').filter((one) => one !== '')) checkRange(range, bounds);
  }
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== undefined;
  } catch {
    return false;
  }
}

function checkZone(zone: string): void {
  if (!isTimeZone(zone)) throw new Error(`provided bad location ${zone}: unknown time zone ${zone}`);
}

function checkDescriptor(spec: string): void {
  if (DESCRIPTORS.includes(spec)) return;
  if (!spec.startsWith(EVERY)) throw new Error(`unrecognized descriptor: ${spec}`);
  const duration = spec.slice(EVERY.length);
  if (DURATION.test(duration)) return;
  throw new Error(`failed to parse duration ${spec}: time: invalid duration ${JSON.stringify(duration)}`);
}

/** `*`, `3`, `1-5`, each also with a step. */
function checkRange(text: string, bounds: Bounds): void {
  const [range = '', step, ...more] = text.split('/');
  const [low = '', high, ...others] = range.split('-');
  const isAll = low === '*' || low === '?';
  const start = isAll ? bounds.min : numberOf(low, bounds);
  if (!isAll && others.length > 0) throw new Error(`too many hyphens: ${text}`);
  const own = high === undefined || isAll ? start : numberOf(high, bounds);
  if (more.length > 0) throw new Error(`too many slashes: ${text}`);
  const by = step === undefined ? 1 : parse(step);
  const end = isAll || (step !== undefined && high === undefined) ? bounds.max : own;
  if (start < bounds.min) throw new Error(`beginning of range (${start}) below minimum (${bounds.min}): ${text}`);
  if (end > bounds.max) throw new Error(`end of range (${end}) above maximum (${bounds.max}): ${text}`);
  if (start > end) throw new Error(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (by === 0) throw new Error(`step of range should be a positive number: ${text}`);
}

function numberOf(text: string, { names = [] }: Bounds): number {
  const named = text === '' ? -1 : names.indexOf(text.toLowerCase());
  return named >= 0 ? named : parse(text);
}

function parse(text: string): number {
  if (!/^[-+]?\d+$/.test(text)) {
    const why = `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
    throw new Error(`failed to parse int from ${text}: ${why}`);
  }
  const number = Number(text);
  if (number < 0) throw new Error(`negative number (${number}) not allowed: ${text}`);
  return number;
}
