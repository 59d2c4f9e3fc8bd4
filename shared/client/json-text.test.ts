import { expect, test } from 'vitest';
import { jsonText } from './json-text.ts';

test('what is nested deeper than JSON.stringify goes is written as it would be', () => {
  const inner = JSON.stringify({ a: [1, 'x"', null, true, {}], __proto: { b: [] }, c: -0.5 });
  const text = `${'{"a":['.repeat(4900)}${inner}${']}'.repeat(4900)}`;
  const value: unknown = JSON.parse(text);
  expect(jsonText(value)).toBe(text);
});

test('what is not there is left out, as everywhere', () => {
  const shallow = { a: undefined, b: [undefined, 1] };
  const deep: Record<string, unknown> = { shallow, deep: JSON.parse(`${'['.repeat(9900)}${']'.repeat(9900)}`) };
  expect(jsonText(deep).startsWith(`{"shallow":${jsonText(shallow)},"deep":[[`)).toBe(true);
});
