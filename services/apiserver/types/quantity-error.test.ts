import { expect, test } from 'vitest';
import { QUANTITY_RULE, quantityError } from './quantity-error.ts';

test.each(['0', '1', '-1.5', '.5', '1.', '100m', '1Gi', '1e3', '12E-6', '1e308', '1e-100000000', '0.1n'])(
  'nothing is wrong with %s',
  (text) => {
    expect(quantityError(text)).toBeUndefined();
  },
);

const TOO_LONG = 'quantities must not have more than 1000 digits';

test.each([
  ['no number', 'abc', QUANTITY_RULE],
  ['nothing', '', QUANTITY_RULE],
  ['two points', '1.2.3', QUANTITY_RULE],
  ['a million digits and a letter', `${'1'.repeat(1_000_000)}x`, QUANTITY_RULE],
  ['two million digits', '1'.repeat(2_000_000), TOO_LONG],
  ['an exponent of nine digits', '1e100000000', TOO_LONG],
  ['one of ten', '1e9999999999', TOO_LONG],
  ['one of twenty', '1e99999999999999999999', "unable to parse quantity's suffix"],
])('%s is refused', (_, text, why) => {
  expect(quantityError(text)).toBe(why);
});
