import { describe, expect, test } from 'vitest';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { newFakeClock } from './fake-world.ts';
import { UnavailableKind, UnconfirmedKind } from './kind-problems.ts';
import { newObjectKinds } from './object-kinds.ts';

/** What a member that serves these says of an object that was delivered in `batch/v1beta1`. */

const { signal } = new AbortController();
const cronJob = { apiVersion: 'batch/v1beta1', group: 'batch', kind: 'CronJob' };
const inVersion = (version: string): ResourceType<Unstructured> => ({
  ...{ group: 'batch', version, resource: 'cronjobs', kind: 'CronJob' },
  namespaced: true,
});

function newMember() {
  const clock = newFakeClock();
  const served = new Set<string>();
  const away = new Set<string>();
  const kinds = newObjectKinds({
    cluster: 'm1',
    clock,
    resourceFor: async (apiVersion, kind) => {
      if (away.has(apiVersion)) throw new UnavailableKind(apiVersion, kind, 'nobody listens');
      return served.has(apiVersion) ? inVersion(apiVersion.split('/')[1] ?? '') : undefined;
    },
    resourceInGroup: async (_group, kind) => {
      const [version] = served;
      if (version) return inVersion(version.split('/')[1] ?? '');
      for (const one of away) throw new UnavailableKind(one, kind, 'nobody listens');
      return undefined;
    },
  });
  return { clock, served, away, kinds, look: () => kinds.typeOf(cronJob, signal) };
}

test('the version of the object where that is served, else another', async () => {
  const { served, look } = newMember();
  served.add('batch/v1').add('batch/v1beta1');
  expect(await look()).toEqual(inVersion('v1beta1'));
  served.delete('batch/v1beta1');
  expect(await look()).toEqual(inVersion('v1'));
});

describe('a kind that is served in no version', () => {
  test('counts as gone when that is still so half a minute later', async () => {
    const { clock, look } = newMember();
    await expect(look()).rejects.toThrow(UnconfirmedKind);
    clock.advance(29_000);
    await expect(look()).rejects.toThrow(UnconfirmedKind);
    clock.advance(1000);
    expect(await look()).toBeUndefined();
  });

  test('and was missed before by whoever wanted to apply one, too', async () => {
    const { clock, kinds, look } = newMember();
    expect(await kinds.resourceFor('batch/v1', 'CronJob', signal)).toBeUndefined();
    clock.advance(30_000);
    expect(await look()).toBeUndefined();
  });

  test.each<[string, (member: ReturnType<typeof newMember>) => Promise<unknown>]>([
    ['was asked for by its version', ({ kinds }) => kinds.resourceFor('batch/v1', 'CronJob', signal)],
    ['was looked for', ({ look }) => look()],
  ])('counts anew where it was served meanwhile, and %s', async (_name, ask) => {
    const member = newMember();
    const { clock, served, look } = member;
    await expect(look()).rejects.toThrow(UnconfirmedKind);
    clock.advance(20_000);
    served.add('batch/v1');
    expect(await ask(member)).toEqual(inVersion('v1'));
    served.clear();
    clock.advance(20_000);
    await expect(look()).rejects.toThrow(UnconfirmedKind);
  });

  test('counts anew where nobody has asked for long', async () => {
    const { clock, look } = newMember();
    await expect(look()).rejects.toThrow(UnconfirmedKind);
    clock.advance(3600_000);
    await expect(look()).rejects.toThrow(UnconfirmedKind);
  });

  test.each<[string, (member: ReturnType<typeof newMember>) => Promise<unknown>]>([
    ['was asked for by its version', ({ kinds }) => kinds.resourceFor('batch/v1beta1', 'CronJob', signal)],
    ['was looked for', ({ look }) => look()],
  ])('counts anew where the member was away meanwhile, and %s: it may start late each time', async (_name, ask) => {
    const member = newMember();
    const { clock, away, look } = member;
    await expect(look()).rejects.toThrow(UnconfirmedKind);
    clock.advance(20_000);
    away.add('batch/v1beta1');
    await expect(ask(member)).rejects.toThrow(UnavailableKind);
    away.clear();
    clock.advance(20_000);
    await expect(look()).rejects.toThrow(UnconfirmedKind);
    clock.advance(30_000);
    expect(await look()).toBeUndefined();
  });

  test('does not count as gone while a version of its group can not be listed', async () => {
    const { clock, away, kinds, look } = newMember();
    away.add('batch/v1');
    expect(await kinds.resourceFor('batch/v1beta1', 'CronJob', signal)).toBeUndefined();
    await expect(look()).rejects.toThrow(UnavailableKind);
    clock.advance(60_000);
    await expect(look()).rejects.toThrow(UnavailableKind);
  });
});
