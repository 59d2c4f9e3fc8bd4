import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { evaluateJsonPath } from './json-path.ts';

const object = {
  metadata: { annotations: { 'a.b/c': 'dotted' } },
  spec: { list: [{ kind: 'A' }, { kind: 'B' }] },
  status: {
    conditions: [
      { type: 'Progressing', status: 'False' },
      { type: 'Ready', status: 'True', nested: { reason: 'Fine' } },
    ],
  },
};

describe('a printer column finds its values', () => {
  test.each([
    ['.spec.list[*].kind', ['A', 'B']],
    ['.spec.list[1].kind', ['B']],
    ['.spec.list[-1].kind', ['B']],
    ['{.spec.list[0].kind}', ['A']],
    ['.metadata.annotations.a\\.b/c', ['dotted']],
    [".metadata.annotations['a.b/c']", ['dotted']],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    ['.status.conditions[?(@.type=="Ready")].nested.reason', ['Fine']],
    ['.status.conditions[?(@.type!="Ready")].status', ['False']],
    ['.status.conditions[?(@.nested)].type', ['Ready']],
    ['.status.missing', []],
    ['.status.conditions[?(', []],
  ])('%s', (path, expected) => {
    expect(evaluateJsonPath(object, path)).toEqual(expected);
  });
});

test('paths that are made up one after the other are forgotten', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  for (let n = 0; n < 400; n++) expect(evaluateJsonPath(object, `.${n}${'x'.repeat(500_000)}`)).toEqual([]);
  expect(used() - before).toBeLessThan(50_000_000);
});
