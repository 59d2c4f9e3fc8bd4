/** Times as Go parses them, and what it says of a text that is none. Source: Go, time.Parse. */

export const TIME_LAYOUT = '2006-01-02T15:04:05Z07:00';
export const MICRO_TIME_LAYOUT = '2006-01-02T15:04:05.000000Z07:00';

/** What is left of a text, and what was found in it. */
interface Reading {
  rest: string;
  year: number;
  month: number;
  day: number;
}

interface Element {
  /** As the layout has it. */
  name: string;
  form: RegExp;
  /** What is out of range; undefined: nothing is. */
  beyond?: (found: RegExpExecArray) => string | undefined;
}

const literal = (name: string): Element => ({ name, form: new RegExp(`^${name}`) });
const number = (name: string, form: RegExp, [what, from, to]: [what: string, from: number, to: number]): Element => ({
  name,
  form,
  beyond: ([text]) => (Number(text) < from || Number(text) > to ? what : undefined),
});

const TWO = /^\d\d/;
const ZONE: Element = {
  name: 'Z07:00',
  form: /^(?:Z|[+-](\d\d):(\d\d))/,
  beyond: ([, hour = '0', minute = '0']) =>
    Number(hour) > 24 ? 'time zone offset hour' : Number(minute) > 60 ? 'time zone offset minute' : undefined,
};
const SECONDS = number('05', TWO, ['second', 0, 59]);
const UNTIL_SECONDS: readonly Element[] = [
  { name: '2006', form: /^\d{4}/ },
  literal('-'),
  number('01', TWO, ['month', 1, 12]),
  literal('-'),
  { name: '02', form: TWO },
  literal('T'),
  number('15', /^\d\d?/, ['hour', 0, 23]),
  literal(':'),
  number('04', TWO, ['minute', 0, 59]),
  literal(':'),
];
/** A fraction that the layout does not have is taken all the same. */
const ELEMENTS: Readonly<Record<string, readonly Element[]>> = {
  [TIME_LAYOUT]: [...UNTIL_SECONDS, { ...SECONDS, form: /^\d\d(?:[.,]\d+)?/, beyond: secondsBeyond }, ZONE],
  [MICRO_TIME_LAYOUT]: [...UNTIL_SECONDS, SECONDS, { name: '.000000', form: /^[.,]\d{6}/ }, ZONE],
};

function secondsBeyond([text]: RegExpExecArray): string | undefined {
  return Number(text.slice(0, 2)) > 59 ? 'second' : undefined;
}

/** Go's package of times quotes in its own way: what is no printable ASCII byte by byte. */
function quotedText(text: string): string {
  const bytes = (part: string): string => Buffer.from(part).toString('hex').replace(/../g, '\\x$&');
  return `"${text.replace(/["\\]/g, '\\$&').replace(/[^ -\x7f]+/g, bytes)}"`;
}

/** What is wrong with a text that is to be a time; undefined: nothing is. */
export function goTimeError(text: string, layout: typeof TIME_LAYOUT | typeof MICRO_TIME_LAYOUT): string | undefined {
  const quoted = quotedText(text);
  const reading: Reading = { rest: text, year: 0, month: 0, day: 0 };
  for (const element of ELEMENTS[layout] ?? []) {
    const found = element.form.exec(reading.rest);
    if (!found)
      return `parsing time ${quoted} as "${layout}": cannot parse ${quotedText(reading.rest)} as "${element.name}"`;
    const beyond = element.beyond?.(found);
    if (beyond) return `parsing time ${quoted}: ${beyond} out of range`;
    take(reading, element.name, found[0]);
  }
  if (reading.rest !== '') return `parsing time ${quoted}: extra text: ${quotedText(reading.rest)}`;
  return isDay(reading) ? undefined : `parsing time ${quoted}: day out of range`;
}

function take(reading: Reading, name: string, text: string): void {
  reading.rest = reading.rest.slice(text.length);
  if (name === '2006') reading.year = Number(text);
  if (name === '01') reading.month = Number(text);
  if (name === '02') reading.day = Number(text);
}

function isDay({ year, month, day }: Reading): boolean {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}
