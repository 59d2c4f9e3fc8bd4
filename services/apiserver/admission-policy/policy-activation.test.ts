import { expect, test } from 'vitest';
import { type CelMap, newMap } from '../cel/cel-value.ts';
import { prepare, prepareVariables } from './compile-policy.ts';
import { newActivation, PolicyBudgetError } from './policy-activation.ts';

/** An object that tells when it is asked for a field. */
function newAsked(): { object: CelMap; fields: unknown[] } {
  const fields: unknown[] = [];
  const find: CelMap['find'] = (key) => {
    fields.push(key);
    return 1n;
  };
  return { object: { size: 1, keys: () => ['a'], find }, fields };
}

const known = { oldObject: null, namespaceObject: null, request: newMap([]), params: null };

test('the variables of a policy may not cost more than is left, and none is evaluated after that', () => {
  const dear = 'lists.range(100).all(x, x >= 0)';
  const { prepared, types } = prepareVariables(
    [
      { name: 'one', expression: dear },
      { name: 'two', expression: dear },
      { name: 'three', expression: 'object.a == 1' },
    ],
    { hasParams: false },
  );
  const declared = { hasParams: false, hasAuthorizer: false, own: types };
  const rule = prepare('variables.one && variables.two && variables.three', declared, undefined);

  const enough = newAsked();
  expect(newActivation(prepared, { ...known, object: enough.object }, 10_000).evaluate(rule)).toMatchObject({
    value: true,
  });
  expect(enough.fields).toEqual(['a']);

  const little = newAsked();
  const activation = newActivation(prepared, { ...known, object: little.object }, 1000);
  expect(() => activation.evaluate(rule)).toThrow(PolicyBudgetError);
  expect(little.fields).toEqual([]);
});
