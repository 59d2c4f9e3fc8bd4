import { expect, test } from 'vitest';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { newWorkStates } from './delivery.ts';
import { newOutcomes } from './outcome.ts';

const KEY = 'karmada-es-m1/w';

function newWork(isApplied = false, uid = 'uid-1'): Work {
  const conditions = [{ type: 'Applied', status: 'True', reason: '', message: '', lastTransitionTime: '' } as const];
  return {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: { namespace: 'karmada-es-m1', name: 'w', uid },
    spec: {},
    ...(isApplied ? { status: { conditions: [...conditions] } } : {}),
  };
}

/** `isHeld`: what is news is said only when the test says so. */
function newWorld({ isHeld = false, work = newWork() } = {}) {
  const states = newWorkStates();
  const stored = new Map([[KEY, work]]);
  const said: string[] = [];
  const news: string[] = [];
  states.of(KEY, work);
  const outcomes = newOutcomes({
    ...{ states, cluster: 'm1', getWork: (key) => stored.get(key) },
    record: (_work, { reason }) => said.push(reason),
    onNews: (key) => (isHeld ? news.push(key) : outcomes.say(key)),
  });
  return { outcomes, said, news, stored, work };
}

test('what went well is said once, and so is each failure', () => {
  const { outcomes, said, work } = newWorld();
  for (const failure of [undefined, undefined, 'no quota', 'no quota', undefined]) outcomes.note(work, failure);
  expect(said).toEqual(['SyncSucceed', 'SyncFailed', 'SyncSucceed']);
});

test('after a restart what went well before is not said again', () => {
  const { outcomes, said } = newWorld();
  outcomes.note(newWork(true), undefined);
  expect(said).toEqual([]);
  outcomes.note(newWork(true), 'no quota');
  expect(said).toEqual(['SyncFailed']);
});

test('what is said late is said although the status says so by now', () => {
  const { outcomes, said, news, stored, work } = newWorld({ isHeld: true });
  outcomes.note(work, undefined);
  stored.set(KEY, newWork(true));
  outcomes.note(newWork(true), undefined);
  expect(said).toEqual([]);
  for (const key of news) outcomes.say(key);
  expect(said).toEqual(['SyncSucceed']);
});

test('of what changed meanwhile only the last is said, and nothing if it is as before', () => {
  const { outcomes, said, work } = newWorld({ isHeld: true });
  outcomes.note(work, 'no quota');
  outcomes.note(work, undefined);
  outcomes.say(KEY);
  expect(said).toEqual(['SyncSucceed']);
  outcomes.note(work, 'no quota');
  outcomes.note(work, undefined);
  outcomes.say(KEY);
  expect(said).toEqual(['SyncSucceed']);
});

test.each([
  ['is gone', undefined],
  ['was made anew', newWork(false, 'uid-2')],
])('of a Work that %s meanwhile nothing is said', (_, now) => {
  const { outcomes, said, stored, work } = newWorld({ isHeld: true });
  outcomes.note(work, undefined);
  if (now) stored.set(KEY, now);
  else stored.delete(KEY);
  outcomes.say(KEY);
  expect(said).toEqual([]);
});
