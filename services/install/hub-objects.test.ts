import { beforeEach, expect, test } from 'vitest';
import { newNotFound } from '../../shared/apis/meta/status-error.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { untilKindsAreServed } from './hub-objects.ts';

let kube: FakeKube;
let areServed: boolean;

beforeEach(() => {
  kube = newFakeKube();
  areServed = false;
  kube.before = () => {
    if (!areServed) throw newNotFound({ resource: 'clusters' });
  };
});

test('kinds that are served a moment later are waited for', async () => {
  const clock = newFakeClock();
  let isDone = false;
  const waiting = untilKindsAreServed(kube.client, clock, new AbortController().signal).then(() => {
    isDone = true;
  });
  await clock.advance(10_000);
  expect(isDone).toBe(false);
  areServed = true;
  await clock.advance(1000);
  await waiting;
});

test('whoever is asked to end meanwhile ends at once', async () => {
  const clock = newFakeClock();
  const asked = new AbortController();
  const waiting = untilKindsAreServed(kube.client, clock, asked.signal);
  waiting.catch(() => {}); // looked at below
  await clock.advance(1200);
  asked.abort(new Error('asked to end'));
  await expect(waiting).rejects.toThrow('asked to end');
});
