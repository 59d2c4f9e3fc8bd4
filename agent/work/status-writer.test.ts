import { expect, test } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import { newWorkStates } from './delivery.ts';
import { newFakeApi, newFakeClock } from './fake-world.ts';
import { writeStatus } from './status-writer.ts';

const KEY = 'karmada-es-m1/w';

test('a Work that is only half delivered is not told to be applied', async () => {
  const hub = newFakeApi();
  const metadata = { name: 'w', namespace: 'karmada-es-m1' };
  const work: Unstructured = { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata, spec: {} };
  hub.put('works', work);
  const getWork = (): Work => hub.get('works', KEY) as unknown as Work;
  const states = newWorkStates();
  const state = states.of(KEY, getWork());
  const deps = { hub: hub.client, clock: newFakeClock(), states, getWork, look: () => undefined };
  await writeStatus(deps, KEY, new AbortController().signal);
  expect(hub.requests).toEqual([]);
  state.isSettled = true;
  await writeStatus(deps, KEY, new AbortController().signal);
  expect(hub.requests).toEqual([`update/status works ${KEY}`]);
});
