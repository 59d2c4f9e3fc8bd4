import { describe, expect, test } from 'vitest';
import { newLastChanges } from './last-changes.ts';

const change = (key: string, revision: number) => ({ key, revision });
const HISTORY = [change('/core/secrets/a/x', 5), change('/core/secrets/b/y', 7), change('/core/nodes//n', 8)];

describe('what changed last', () => {
  test.each([
    ['a namespace that changed later', '/core/secrets/b/', 6, true],
    ['a namespace that did not', '/core/secrets/a/', 6, false],
    ['a namespace that never did', '/core/secrets/c/', 1, false],
    ['a kind in all namespaces', '/core/secrets/', 6, true],
    ['a kind that did not', '/core/secrets/', 7, false],
    ['a kind without namespaces', '/core/nodes//', 7, true],
    ['one object without a namespace', '/core/nodes//n', 7, true],
    ['one object without a namespace, of a kind that changed', '/core/nodes//m', 7, false],
    ['one object, by its namespace', '/core/secrets/b/other', 6, true],
    ['one object in a quiet namespace', '/core/secrets/a/x', 5, false],
    ['what is no folder of a kind', '/core/', 100, true],
    ['everything', '', 100, true],
  ])('%s', (_, prefix, afterRevision, expected) => {
    expect(newLastChanges(() => HISTORY).mayHaveChanged(prefix, afterRevision)).toBe(expected);
  });

  test('history is read once, then changes are taken in as they come', () => {
    let reads = 0;
    const changes = newLastChanges(() => {
      reads += 1;
      return HISTORY;
    });
    changes.take(change('/core/secrets/a/x', 4));
    expect(changes.mayHaveChanged('/core/secrets/a/', 5)).toBe(false);
    changes.take(change('/core/secrets/a/x', 9));
    expect(changes.mayHaveChanged('/core/secrets/a/', 8)).toBe(true);
    changes.forget(8);
    expect(changes.mayHaveChanged('/core/secrets/a/', 8)).toBe(true);
    expect(reads).toBe(1);
  });
});
