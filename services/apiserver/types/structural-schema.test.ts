import { expect, test } from 'vitest';
import type { Schema } from '../../../shared/apis/schema.ts';
import { countingDefinition, takePattern } from '../cel/compile-steps.ts';
import { validateStructuralSchema } from './structural-schema.ts';

test('defaults and a pattern of very many states: the check of the definition ends', () => {
  const pattern = '(a|aa|aaa|aaaa|b){900}[cd]';
  const part = (at: number): Schema => ({ type: 'string', pattern, default: 'ab'.repeat(500 + at) });
  const properties = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`p${at}`, part(at)]));
  const causes = countingDefinition(() => {
    takePattern('others', 470_000);
    return validateStructuralSchema({ type: 'object', properties }, 'spec');
  });
  expect(causes).toHaveLength(500);
  expect(causes.at(-1)?.message).toMatch(/take too long to be checked$/);
});
