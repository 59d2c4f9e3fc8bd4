import { expect, test } from 'vitest';
import { goTimeError, MICRO_TIME_LAYOUT, TIME_LAYOUT } from './go-time.ts';

test.each(['2020-02-29T23:59:59Z', '2020-01-01T00:00:00.5Z', '2020-01-01T00:00:00+02:00', '2020-01-01T1:00:00Z'])(
  '%s is a time',
  (text) => {
    expect(goTimeError(text, TIME_LAYOUT)).toBeUndefined();
  },
);

test.each([
  ['', ' as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'],
  ['2020-01-01', ' as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
  ['2020-01-01T00:00:00', ' as "2006-01-02T15:04:05Z07:00": cannot parse "" as "Z07:00"'],
  ['2020-13-01T00:00:00Z', ': month out of range'],
  ['2021-02-29T00:00:00Z', ': day out of range'],
  ['2020-01-01T24:00:00Z', ': hour out of range'],
  ['2020-01-01T00:00:00Zx', ': extra text: "x"'],
])('%s is none', (text, why) => {
  expect(goTimeError(text, TIME_LAYOUT)).toBe(`parsing time ${JSON.stringify(text)}${why}`);
});

test('what is no printable ASCII is told byte by byte', () => {
  expect(goTimeError('2020 "é\n', TIME_LAYOUT)).toBe(
    String.raw`parsing time "2020 \"\xc3\xa9\x0a" as "2006-01-02T15:04:05Z07:00": cannot parse " \"\xc3\xa9\x0a" as "-"`,
  );
});

test('of a micro time all six digits are wanted', () => {
  expect(goTimeError('2020-01-01T00:00:00.000001Z', MICRO_TIME_LAYOUT)).toBeUndefined();
  expect(goTimeError('2020-01-01T00:00:00Z', MICRO_TIME_LAYOUT)).toBe(
    'parsing time "2020-01-01T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
  );
});
