import { expect, test } from 'vitest';
import { TransportError } from '../../shared/client/transport.ts';
import type { FakeKube } from '../../shared/controller/fake-kube.ts';
import { newUnregisterFixture, unregisterOptions } from './unregister-fixture.ts';

test.each([
  ['before', 'an administrator’s credentials', true],
  ['before', 'the agent’s', false],
  ['after', 'an administrator’s credentials', true],
  ['after', 'the agent’s', false],
] as const)('unregister, interrupted %s any request, with %s, can be run again', async (moment, _what, isAdmin) => {
  const begin = () => {
    const fixture = newUnregisterFixture();
    fixture.agentWorks();
    const { run, newDeps, withoutHub } = fixture;
    return { ...fixture, unregister: () => run(unregisterOptions(), isAdmin ? newDeps() : withoutHub()) };
  };
  const whole = begin();
  await whole.unregister();
  const total = { hub: whole.hub.requests.length, member: whole.member.requests.length };
  for (const side of ['hub', 'member'] as const) {
    for (let failing = 0; failing < total[side]; failing++) {
      const { hub, member, unregister } = begin();
      const mend = cut(side === 'hub' ? hub : member, moment, failing);
      await expect(unregister()).rejects.toThrow('cut');
      mend();
      await unregister().catch((error: Error) => {
        // All was done but to hear of it.
        if (!/no cluster object|no agent's credentials/.test(error.message)) throw error;
      });
      expect([hub.list('works.work.karmada.io'), hub.list('clusters.cluster.karmada.io')]).toEqual([[], []]);
      expect([
        member.list('deployments.apps'),
        member.list('secrets'),
        member.list('clusterroles.rbac.authorization.k8s.io'),
      ]).toEqual([[], [], []]);
    }
  }
});

/** From the request of that number on, nothing goes through; `after`: that one does, but for its answer. Returns how to mend it. */
function cut(kube: FakeKube, moment: 'before' | 'after', failing: number): () => void {
  const { client } = kube;
  let [count, isCut] = [0, true];
  const fail = (): never => {
    throw new TransportError('cut');
  };
  kube.client = new Proxy(client, {
    get: (target, name, receiver) => {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function' || name === 'close') return method;
      return async (...args: unknown[]) => {
        const number = count++;
        if (isCut && (number > failing || (number === failing && moment === 'before'))) fail();
        const answer: Promise<unknown> = method.apply(target, args);
        if (!isCut || number !== failing) return await answer;
        await answer.catch(() => undefined);
        return fail();
      };
    },
  });
  return () => {
    isCut = false;
  };
}
