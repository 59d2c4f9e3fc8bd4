import { expect, test } from 'vitest';
import { newConflict } from '../../shared/apis/meta/status-error.ts';
import { type Contest, contestsOf, fightEndsInMs, fightsOf, withContests } from './contests.ts';
import type { Delivery } from './delivery.ts';

const MINUTE_MS = 60_000;

function delivery(contests: Contest[]): Delivery {
  const identifier = { ordinal: 0, version: 'v1', kind: 'ConfigMap', resource: '', namespace: 'a', name: 'b' };
  return { identifier, id: 'x', hash: 'y', isGone: false, corrections: [], contests };
}

const contest = (minute: number, manager = 'rival', field = '.data.a'): Contest => ({
  atMs: minute * MINUTE_MS,
  manager,
  fields: [field],
});

test('a conflict is told by manager, with its fields', () => {
  const cause = (manager: string, field: string) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${manager}" using v1`,
    field,
  });
  const causes = [cause('one', '.a'), cause('two', '.b'), cause('one', '.c')];
  expect(contestsOf(newConflict({ resource: 'x' }, 'why', causes), 5)).toEqual([
    { atMs: 5, manager: 'one', fields: ['.a', '.c'] },
    { atMs: 5, manager: 'two', fields: ['.b'] },
  ]);
});

test.each<[string, Contest[], string[]]>([
  ['two rounds are none', [contest(1), contest(2)], []],
  [
    'three rounds are one',
    [contest(1), contest(2), contest(3)],
    ['ConfigMap a/b: "rival" keeps taking back .data.a from this Work'],
  ],
  ['three by different managers are none', [contest(1), contest(2, 'other'), contest(3)], []],
  ['three in more than ten minutes are none', [contest(-1), contest(8), contest(9)], []],
])('%s', (_, contests, expected) => {
  expect(fightsOf(delivery(contests), 10 * MINUTE_MS - 1)).toEqual(expected);
});

test('a fight is over ten minutes after the first of its last three rounds', () => {
  const contests = [contest(0), contest(1), contest(2), contest(3)];
  expect(fightEndsInMs(delivery(contests), 3 * MINUTE_MS)).toBe(8 * MINUTE_MS + 1);
  expect(fightsOf(delivery(contests), 11 * MINUTE_MS - 1)).toHaveLength(1);
  expect(fightsOf(delivery(contests), 11 * MINUTE_MS)).toEqual([]);
});

test('rounds of long ago are forgotten', () => {
  expect(withContests([contest(0), contest(5)], [contest(11)], 11 * MINUTE_MS)).toHaveLength(2);
});
