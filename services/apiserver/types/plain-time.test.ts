import { describe, expect, test } from 'vitest';
import { isPlainMicroTime, isPlainTime, secondsText } from './plain-time.ts';

const times: [text: string, isPlain: boolean][] = [
  ['2026-11-22T01:02:03Z', true],
  ['2026-02-28T23:59:59Z', true],
  ['2026-02-29T00:00:00Z', false],
  ['2026-13-01T00:00:00Z', false],
  ['2026-00-10T00:00:00Z', false],
  ['2026-01-00T00:00:00Z', false],
  ['2026-01-01T24:00:00Z', false],
  ['2026-01-01T00:60:00Z', false],
  ['2026-01-01T00:00:60Z', false],
  ['2026-01-01T00:00:00+', false],
  ['2026-01-01t00:00:00Z', false],
];

describe('a plain time', () => {
  test.each(times)('%s: %s', (text, isPlain) => {
    expect(isPlainTime(text)).toBe(isPlain);
    expect(isPlainMicroTime(text)).toBe(false);
    const micro = text.replace(/Z$/, '.123456Z');
    expect(isPlainMicroTime(micro)).toBe(isPlain);
    expect(isPlainTime(micro)).toBe(false);
  });

  test('is one that comes out again as it went in', () => {
    for (const [text] of times.filter(([, isPlain]) => isPlain))
      expect(`${new Date(text).toISOString().slice(0, 19)}Z`).toBe(text);
  });
});

test.each([
  [1_700_000_000_999, '2023-11-14T22:13:20Z'],
  [3e17, '9999-12-31T23:59:59Z'],
  [-1e15, '0000-01-01T00:00:00Z'],
])('%d milliseconds are %s', (atMs, text) => {
  expect(secondsText(atMs)).toBe(text);
});
