import { beforeEach, describe, expect, test } from 'vitest';
import { newConflict, newForbidden, newNotFound, newPathNotFound } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { statusErrorOf } from '../../shared/client/response-error.ts';
import { deleteObject, type Removed } from './delete-object.ts';
import type { MemberWatches } from './member-watches.ts';
import { observe } from './observed.ts';

/** What is asked of the member to be rid of one object, and what its answers mean. */

const type: ResourceType<Unstructured> = { group: '', version: 'v1', resource: 'x', kind: 'X', namespaced: true };
const object = { group: '', kind: 'X', namespace: 'default', name: 'a' };
const { signal } = new AbortController();

let asked: unknown[];
beforeEach(() => {
  asked = [];
});

function live(uid: string, more: Unstructured['metadata'] = {}, kind = 'X'): Unstructured {
  const annotations = { 'work.karmada.io/name': 'w', 'work.karmada.io/namespace': 'karmada-es-m1' };
  const labels = { 'karmada.io/managed': 'true' };
  const metadata = { name: 'a', namespace: 'default', uid, resourceVersion: '1', labels, annotations, ...more };
  return { apiVersion: 'v1', kind, metadata };
}

/** `answer`: to the request to delete it, or to one after the other. `after`: what is there then. `before`: what is seen of it. */
function remove(
  answer: object | Error | (object | Error)[],
  after: Unstructured | Error | undefined,
  before: Unstructured | 'unseen' = live('uid-1'),
): Promise<Removed> {
  const of = { ...type, kind: before === 'unseen' ? type.kind : before.kind };
  const member = {
    raw: async ({ body = '' }: { body?: string }) => {
      asked.push(JSON.parse(body));
      const now = Array.isArray(answer) ? answer[asked.length - 1] : answer;
      if (now instanceof Error) throw now;
      return JSON.stringify(now);
    },
    get: async () => {
      if (!after) throw newNotFound({ ...type, name: 'a' });
      if (after instanceof Error) throw after;
      return after;
    },
  } as unknown as KubeClient;
  const watches = { get: () => (before === 'unseen' ? undefined : observe(before)) } as unknown as MemberWatches;
  return deleteObject({ member, watches }, { type: of, object, workKey: 'karmada-es-m1/w', uid: 'uid-1' }, signal);
}

const success = { kind: 'Status', status: 'Success' };
const leaving = { deletionTimestamp: '2026-01-01T00:00:00Z' };
const conflict = newConflict({ resource: 'x', name: 'a' }, 'busy');

test('the very object that was seen, as it was seen, is to go, with all that belongs to it', async () => {
  await remove(success, undefined);
  const preconditions = { uid: 'uid-1', resourceVersion: '1' };
  expect(asked).toEqual([{ kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', preconditions }]);
});

describe('an object', () => {
  test.each<[string, object | Error, Unstructured | undefined]>([
    ['the server says so', success, live('uid-1')],
    ['it was gone before', newNotFound({ resource: 'x', name: 'a' }), undefined],
    ['the server answers with the object, and has it no longer', live('uid-1'), undefined],
    ['another one has its name by now', conflict, live('uid-2')],
  ])('is gone: %s', async (_name, answer, after) => {
    expect(await remove(answer, after)).toEqual({ is: 'gone' });
  });

  test.each<[string, object | Error, Unstructured]>([
    ['held by finalizer f', live('uid-1'), live('uid-1', { ...leaving, finalizers: ['f'] })],
    ['held by finalizers f, g', live('uid-1'), live('uid-1', { ...leaving, finalizers: ['f', 'g'] })],
    ['until what is in it has gone', live('uid-1'), live('uid-1', leaving, 'Namespace')],
    ['on its way out', live('uid-1'), live('uid-1', leaving)],
    ['on its way out', { ...live('uid-1'), status: 'Success' }, live('uid-1', leaving)],
    ['on its way out', { kind: 'Status', status: 'Failure' }, live('uid-1', leaving)],
    ['on its way out', conflict, live('uid-1', { resourceVersion: '2' })],
  ])('is still there: %s', async (heldBy, answer, after) => {
    expect(await remove(answer, after)).toEqual({ is: 'pending', heldBy });
  });

  test.each<[string, Unstructured]>([
    ['is another one', live('uid-2')],
    ['is of another Work', live('uid-1', { annotations: { 'work.karmada.io/name': 'v' } })],
  ])('that %s stays, and nothing is asked', async (_name, before) => {
    expect(await remove(success, before, before)).toEqual({ is: 'foreign' });
    expect(asked).toEqual([]);
  });

  test.each<[string, Unstructured]>([
    ['was another one', live('uid-0')],
    ['was of another Work', live('uid-1', { annotations: { 'work.karmada.io/name': 'v' } })],
  ])('that %s when the watch heard of it last, and is meant by now, goes', async (_name, before) => {
    expect(await remove(success, live('uid-1', { resourceVersion: '2' }), before)).toEqual({ is: 'gone' });
    expect(asked).toMatchObject([{ preconditions: { uid: 'uid-1', resourceVersion: '2' } }]);
    expect(await remove(success, undefined, before), 'or is gone').toEqual({ is: 'gone' });
  });

  test('that is not there is gone, and nothing is asked', async () => {
    expect(await remove(success, undefined, 'unseen')).toEqual({ is: 'gone' });
    expect(asked).toEqual([]);
  });

  test('that is on its way out is not asked to go once more', async () => {
    const before = live('uid-1', { ...leaving, finalizers: ['f'] });
    expect(await remove(success, before, before)).toEqual({ is: 'pending', heldBy: 'held by finalizer f' });
    expect(await remove(success, undefined, before)).toEqual({ is: 'gone' });
    expect(asked).toEqual([]);
  });

  test('that has changed since it was seen is looked at, and goes as it is now', async () => {
    const after = live('uid-1', { resourceVersion: '2' });
    expect(await remove([conflict, success], after)).toEqual({ is: 'gone' });
    const preconditions = { uid: 'uid-1', resourceVersion: '2' };
    expect(asked).toMatchObject([{ preconditions: { resourceVersion: '1' } }, { preconditions }]);
  });

  test.each<[string, Unstructured['metadata']]>([
    ['another Work', { annotations: { 'work.karmada.io/name': 'v', 'work.karmada.io/namespace': 'karmada-es-m1' } }],
    ['a person', { labels: {} }],
  ])('that %s has taken since it was seen stays', async (_name, metadata) => {
    expect(await remove(conflict, live('uid-1', { ...metadata, resourceVersion: '2' }))).toEqual({ is: 'foreign' });
    expect(asked).toHaveLength(1);
  });

  test('that the member will not delete is none that is gone', async () => {
    const refusal = newForbidden({ resource: 'x', name: 'a' }, 'no');
    await expect(remove(refusal, live('uid-1'))).rejects.toThrow('no');
  });

  const nothingKnown: [string, Error][] = [
    ['the member no longer serves what it was delivered as', newPathNotFound()],
    ['a proxy before the member has lost it', statusErrorOf(404, '<html>404 Not Found</html>', undefined)],
  ];

  test.each(nothingKnown)(
    'of which nobody knows whether it is there is none that is gone: %s',
    async (_why, unknown) => {
      await expect(remove(success, unknown, 'unseen')).rejects.toThrow('could not find the requested resource');
      await expect(remove(unknown, unknown)).rejects.toThrow('could not find the requested resource');
    },
  );
});

describe('a refusal that quotes a Secret', () => {
  const quoting = newForbidden({ resource: 'secrets', name: 'a' }, 'hunter2! is in use');
  const secret = (more: Unstructured['metadata'] = {}): Unstructured => ({
    ...live('uid-1', more, 'Secret'),
    data: { a: 'aHVudGVyMiE=' },
  });

  const told = (after: Unstructured | Error | undefined): Promise<string> =>
    remove(quoting, after, secret()).then(
      () => '',
      (error: Error) => error.message,
    );

  test('is told without that', async () => {
    expect(await told(secret())).toBe('secrets "a" is forbidden: *** is in use');
  });

  test.each<[string, Unstructured | Error | undefined]>([
    ['has other data since', secret({ resourceVersion: '2' })],
    ['is another one by now', secret({ uid: 'uid-2' })],
    ['is gone', undefined],
    ['can not be read', newForbidden({ resource: 'secrets', name: 'a' }, 'no')],
  ])('is told without a word of it where the Secret %s', async (_name, after) => {
    expect(await told(after)).toBe('refused, in words that may quote what was in the Secret (403)');
  });

  test('for want of rights, which quotes nothing, is told as it is', async () => {
    const words = 'User "agent" cannot delete resource "secrets" in API group "" in the namespace "default"';
    const refused = remove(newForbidden({ resource: 'secrets', name: 'a' }, words), undefined, secret());
    await expect(refused).rejects.toThrow(words);
  });

  test('is still the kind of refusal that it was', async () => {
    await expect(remove(quoting, undefined, secret())).rejects.toMatchObject({ status: { reason: 'Forbidden' } });
  });
});
