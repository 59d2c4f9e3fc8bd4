import { describe, expect, test } from 'vitest';
import { compileSelector, selectorCauses } from './device-selectors.ts';

/** The numbers and texts are those of upstream's compiler for the same expressions; test/conformance has more of them. */

const ten = '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]';
const looped = (inner: string): string =>
  ['x', 'y', 'z', 'z2', 'z3', 'z4', 'z5'].reduceRight((body, name) => `${ten}.all(${name}, ${body})`, inner);
const SEVEN_LOOPS = looped("int('1'.find('[0-9]*')) < 100");

test.each<[expression: string, cost: bigint]>([
  ['true', 0n],
  ['device.attributes["no-such-domain"].noSuchAttr.isGreaterThan(quantity("0"))', 6n],
  ['"no-such-domain" in device.attributes', 3n],
  ['device.driver == ""', 2n],
  ['device.driver == "dra.example.com"', 4n],
  ['device.attributes["dra.example.com"]["name"]', 4n],
  ['cel.bind(dra, device.attributes["dra.example.com"], dra.name)', 15n],
  ['device.attributes["dra.example.com"].name == "fish"', 5n],
  ['device.attributes["dra.example.com"].name.isGreaterThan(semver("v0.0.1", true)) && isSemver("v1.0.0", true)', 7n],
  ['device.capacity["dra.example.com"].name.isGreaterThan(quantity("1Ki"))', 6n],
  ['device.attributes.exists_one(x, x == "dra.example.com")', 164n],
  ['device.attributes["dra.example.com"].exists_one(x, x == "services")', 133n],
  ['device.attributes["dra.example.com"].services.split("example").size() >= 2', 19n],
  ['device.attributes["dra.example.com"].services.matches("[^a]?sym")', 18n],
  ['device.capacity["dra.example.com"].exists_one(x, x == "memory")', 133n],
  ['device.allowMultipleAllocations == true', 3n],
  [SEVEN_LOOPS, 85555551n],
])('what it may cost: %s', (expression, cost) => {
  expect(compileSelector(expression)).toMatchObject({ mostCost: cost });
});

describe('an expression', () => {
  const complaints = (expression: string): string[] =>
    selectorCauses(expression, 'f').map(({ message = '' }) => message.replace(/^Invalid value: "(\\.|[^"\\])*": /, ''));

  test.each([
    'device.attributes["a.b"].x',
    'true ? device.attributes["a.b"].x : device.attributes["a.b"].y',
    'cel.bind(a, device.attributes["a.b"], a.x && cel.bind(b, a.y, b > 1))',
    '[1, 2].all(x, x > 0)',
    'device.driver in [?optional.of("a")]',
  ])('is taken: %s', (expression) => {
    expect(complaints(expression)).toEqual([]);
  });

  test.each([
    ['device.driver', 'must evaluate to bool or the unknown type, not string'],
    ['dyn(true)', 'must evaluate to bool or the unknown type, not dyn'],
    [
      'device.attributes',
      'must evaluate to bool or the unknown type, not map(string, map(string, google.protobuf.Any))',
    ],
    [SEVEN_LOOPS, 'Forbidden: too complex, exceeds cost limit'],
    ['a'.repeat(10_241), 'Too long: may not be more than 10240 bytes'],
    ['device.nope', "compilation failed: ERROR: <input>:1:7: undefined field 'nope'\n | device.nope\n | ......^"],
    [
      'device.attributes["a"].b.exists(x, x)',
      'compilation failed: ERROR: <input>:1:23: expression of type \'any\' cannot be range of a comprehension (must be list, map, or dynamic)\n | device.attributes["a"].b.exists(x, x)\n | ......................^',
    ],
    [
      'cel.bind(1, 2, true)',
      'compilation failed: ERROR: <input>:1:10: cel.bind() variable names must be simple identifiers\n | cel.bind(1, 2, true)\n | .........^',
    ],
  ])('is refused: %s', (expression, why) => {
    expect(complaints(expression)).toEqual([why]);
  });
});
