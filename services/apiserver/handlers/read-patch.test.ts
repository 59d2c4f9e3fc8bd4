import { describe, expect, test } from 'vitest';
import { isStatusError } from '../../../shared/apis/meta/status-error.ts';
import { readJsonPatch, readMergePatch, readStrategicPatch } from './read-patch.ts';

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isStatusError(error) && error.code === 400) return error.message;
    throw error;
  }
  throw new Error('not refused');
}

describe('a JSON patch', () => {
  test.each([
    ['{"op":"add"}', 'json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'],
    ['[1]', 'json: cannot unmarshal number into Go value of type handlers.jsonPatchOp'],
    ['[{"path":5}]', 'json: cannot unmarshal number into Go struct field jsonPatchOp.path of type string'],
    [
      '[{"op":"add","path":"/a","value":{"b":[1E400]}}]',
      'json: cannot unmarshal number 1E400 into Go struct field jsonPatchOp.value of type float64',
    ],
    ['text', "invalid character 'e' in literal true (expecting 'r')"],
    ['', 'unexpected end of JSON input'],
  ])('%s is refused', (text, why) => {
    expect(messageOf(() => readJsonPatch(text, 'Warn'))).toBe(`error decoding patch: ${why}`);
  });

  test('says where it is odd, unless that is ignored', () => {
    const text = '[{"op":"test","op":"add","path":"/a","more":1}]';
    const findings = ['json patch duplicate field "[0].op"', 'json patch unknown field "[0].more"'];
    expect(readJsonPatch(text, 'Warn').findings).toEqual(findings);
    expect(readJsonPatch(text, 'Ignore').findings).toEqual([]);
  });

  test("a number that is too large is nobody's but in a value", () => {
    const text = '[{"op":"add","path":"/a","value":"1e400","more":1e400}]';
    expect(readJsonPatch(text, 'Warn').patch).toHaveLength(1);
  });

  test('null is a patch without operations', () => {
    expect(readJsonPatch('null', 'Strict').patch).toEqual([]);
  });
});

describe('a merge patch', () => {
  test('is a map; where nothing is checked it may be a list', () => {
    const why = 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}';
    expect(messageOf(() => readMergePatch('[]', 'Warn'))).toBe(why);
    expect(readMergePatch('[]', 'Ignore').patch).toEqual([]);
    expect(messageOf(() => readMergePatch('5', 'Ignore'))).toBe('Invalid JSON Patch');
  });

  test('that has a key twice says so', () => {
    expect(readMergePatch('{"a":{"b":1,"b":2}}', 'Warn').findings).toEqual(['duplicate field "a.b"']);
  });
});

test('a strategic merge patch of null changes nothing', () => {
  expect(readStrategicPatch('null', 'Warn').patch).toEqual({});
});
