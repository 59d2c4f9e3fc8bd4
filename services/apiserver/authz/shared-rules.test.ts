import { expect, test } from 'vitest';
import type { PolicyRule } from '../../../shared/apis/rbac/v1.ts';
import { newSharedRules } from './shared-rules.ts';

const read = (): PolicyRule => ({ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] });
const readNamed = (name: string): PolicyRule => ({ ...read(), resourceNames: [name] });

test('rules that are alike are the same object', () => {
  const share = newSharedRules();
  expect(share(read())).toEqual(read());
  expect(share(read())).toBe(share(read()));
  expect(share({ ...read(), verbs: ['get'] })).toEqual({ ...read(), verbs: ['get'] });
});

test('rules of different names share the rest', () => {
  const share = newSharedRules();
  const [one, other] = [share(readNamed('a')), share(readNamed('b'))];
  expect([one, other]).toEqual([readNamed('a'), readNamed('b')]);
  expect(one.verbs).toBe(other.verbs);
});

test('many different ones stay what they are', () => {
  const share = newSharedRules();
  for (let index = 0; index < 3000; index++) {
    const rule = { nonResourceURLs: [`/${index}`], verbs: ['get'] };
    expect(share(structuredClone(rule))).toEqual(rule);
  }
  expect(share(read())).toEqual(read());
});
