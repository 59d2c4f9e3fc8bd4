import { describe, expect, test } from 'vitest';
import type { Cluster } from '../shared/apis/cluster/v1alpha1.ts';
import { changeTaints, parseTaints, type Taint } from './taints.ts';

const cluster = (taints: Taint[]): Cluster => ({
  apiVersion: 'cluster.karmada.io/v1alpha1',
  kind: 'Cluster',
  metadata: { name: 'm1' },
  spec: { syncMode: 'Pull', taints },
});

describe('parseTaints', () => {
  test('reads additions and removals', () => {
    expect(parseTaints(['a=b:NoSchedule', 'c:NoExecute', 'd:NoSchedule-', 'e-'])).toEqual({
      add: [
        { key: 'a', value: 'b', effect: 'NoSchedule' },
        { key: 'c', effect: 'NoExecute' },
      ],
      remove: [{ key: 'd', effect: 'NoSchedule' }, { key: 'e' }],
    });
  });

  test.each([
    ['a=b', 'invalid taint effect in a=b: must be one of NoSchedule, PreferNoSchedule, NoExecute'],
    ['a=b:Never', 'invalid taint effect in a=b:Never: must be one of NoSchedule, PreferNoSchedule, NoExecute'],
    ['-a:NoSchedule', 'invalid taint spec: -a:NoSchedule: "-a" is no valid taint key'],
    ['a=b=c:NoSchedule', 'invalid taint spec: a=b=c:NoSchedule'],
  ])('refuses %s', (text, message) => {
    expect(() => parseTaints([text])).toThrow(message);
  });

  test('refuses to add and remove the same taint', () => {
    expect(() => parseTaints(['a:NoSchedule', 'a-'])).toThrow(
      'can not both modify and remove the following taint(s) in the same command: {"a":"NoSchedule"}',
    );
  });
});

describe('changeTaints', () => {
  const dedicated: Taint = { key: 'dedicated', value: 'x', effect: 'NoSchedule' };

  test('adds beside what is there', () => {
    const result = changeTaints(cluster([dedicated]), parseTaints(['a:NoSchedule']), false);
    expect(result).toEqual({ taints: [{ key: 'a', effect: 'NoSchedule' }, dedicated], operation: 'tainted' });
  });

  test('keeps a taint that exists unless told to overwrite', () => {
    const changes = parseTaints(['dedicated=y:NoSchedule']);
    expect(() => changeTaints(cluster([dedicated]), changes, false)).toThrow('--overwrite is false');
    expect(changeTaints(cluster([dedicated]), changes, true)).toEqual({
      taints: [{ key: 'dedicated', value: 'y', effect: 'NoSchedule' }],
      operation: 'modified',
    });
  });

  test('removes by key, and says when there is nothing to remove', () => {
    expect(changeTaints(cluster([dedicated]), parseTaints(['dedicated-']), false)).toEqual({
      taints: [],
      operation: 'untainted',
    });
    expect(() => changeTaints(cluster([]), parseTaints(['dedicated-']), false)).toThrow(
      'taint "dedicated" not found on cluster m1',
    );
  });
});
