import { expect, test } from 'vitest';
import { warnOfRounding } from './rounded-integers.ts';

function warningsOf(json: string): string[] {
  const warnings: string[] = [];
  warnOfRounding(json, warnings);
  warnOfRounding(json, warnings);
  return warnings;
}
const rounds = (as: string): string[] => [`this API server rounds integers of more than 53 bits: ${as}`];

test.each([
  ['{"a":9007199254740993}', rounds('9007199254740993 is kept as 9007199254740992')],
  ['[{"b":[1,-9007199254740993,9007199254740995]}]', rounds('-9007199254740993 is kept as -9007199254740992')],
  ['{"a":9223372036854775806}', rounds('9223372036854775806 is kept as 9223372036854775807')],
  ['{"a":9007199254740992,"b":9223372036854775807,"c":-9223372036854775808}', []],
  ['{"a":9223372036854775809,"b":0.12345678901234567891,"c":1e300}', []],
  ['{"a":"x: 9007199254740993, 9007199254740993","b":"9007199254740993"}', []],
  ['a: 9007199254740993', []],
])('%s', (json, warnings) => {
  expect(warningsOf(json)).toEqual(warnings);
});
