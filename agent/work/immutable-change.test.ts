import { expect, test } from 'vitest';
import {
  newConflict,
  newForbidden,
  newInvalid,
  newNotFound,
  newPathNotFound,
  type StatusError,
} from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { Work } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { deleteToRecreate, isImmutableChange, wantsRecreation } from './immutable-change.ts';
import type { Manifest } from './manifest.ts';
import type { Observed } from './observed.ts';

/** When an object is deleted to be made again: the one deletion that needs no proof of what was delivered, for its Work names it. */

const invalid = (message: string): StatusError =>
  newInvalid({ resource: 'services', name: 's' }, [{ reason: 'FieldValueInvalid', message, field: 'spec.clusterIP' }]);
const forbidden = newForbidden({ resource: 'services', name: 's' }, 'a webhook says: this field is immutable');

test.each<[string, unknown, boolean]>([
  ['a field that is immutable', invalid('field is immutable'), true],
  ['a field that may not change once set', invalid('may not change once set'), true],
  ['a value that is wrong', invalid('must be an IP address'), false],
  ['a refusal by admission, whatever its words', forbidden, false],
  ['a connection that broke', new Error('field is immutable'), false],
])('%s', (_name, error, expected) => {
  expect(isImmutableChange(error)).toBe(expected);
});

const annotated = (annotations: Record<string, string>, kind = 'Job', spec = {}) => ({
  kind,
  metadata: { annotations },
  spec,
});
const asks = { 'pullet.io/recreate': 'on-immutable-change' };
const goesWithClaims = { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } };

test.each<[string, object, object, boolean, object?]>([
  ['neither asks for it', annotated({}), annotated({}), false],
  ['the Work asks for it', annotated(asks), annotated({}), true],
  ['the manifest asks for it', annotated({}), annotated(asks), true],
  ['the manifest says something else', annotated({}), annotated({ 'pullet.io/recreate': 'true' }), false],
  ['the Work asks, and it is a claim', annotated(asks), annotated({}, 'PersistentVolumeClaim'), false],
  ['the claim asks for itself', annotated({}), annotated(asks, 'PersistentVolumeClaim'), true],
  ['the Work asks, and it is a volume', annotated(asks), annotated({}, 'PersistentVolume'), false],
  ['the Work asks, and claims stay when it goes', annotated(asks), annotated({}, 'StatefulSet'), true],
  ['the Work asks, and claims go with it', annotated(asks), annotated({}, 'StatefulSet', goesWithClaims), false],
  [
    'the Work asks, and claims went with it so far',
    annotated(asks),
    annotated({}, 'StatefulSet'),
    false,
    goesWithClaims,
  ],
  ['the Work asks, and claims stayed so far', annotated(asks), annotated({}, 'StatefulSet', goesWithClaims), false, {}],
  [
    'it asks itself, and claims went with it so far',
    annotated({}),
    annotated(asks, 'StatefulSet'),
    true,
    goesWithClaims,
  ],
  ['it asks itself, and claims go with it', annotated({}), annotated(asks, 'StatefulSet', goesWithClaims), true],
  ['it is a Namespace', annotated(asks), annotated(asks, 'Namespace'), false],
  ['it is a CustomResourceDefinition', annotated(asks), annotated(asks, 'CustomResourceDefinition'), false],
])('whether an object is made again if %s', (_name, work, object, expected, spec) => {
  const manifest = { object } as unknown as Manifest;
  const live = spec && ({ ...object, metadata: {}, spec } as unknown as Unstructured);
  expect(wantsRecreation(work as unknown as Work, manifest, live)).toBe(expected);
});

const statefulSets = { group: 'apps', version: 'v1', resource: 'statefulsets', kind: 'StatefulSet', namespaced: true };

/** The Work asks for an object to be made again that is there with this spec. */
function newScene(spec: object | Error | undefined, answer: () => void = () => {}, more: object = {}) {
  const asked: unknown[] = [];
  const member = {
    get: async () => {
      if (!spec) throw newNotFound(statefulSets);
      if (spec instanceof Error) throw spec;
      return { kind: 'StatefulSet', metadata: {}, spec, ...more };
    },
    delete: async (...args: unknown[]) => {
      asked.push(args[2]);
      answer();
    },
  } as unknown as KubeClient;
  const manifest = { object: annotated({}, 'StatefulSet') } as unknown as Manifest;
  const metadata = { name: 's', namespace: 'default', uid: 'uid-1', resourceVersion: '7' };
  const seen = { work: annotated(asks) as unknown as Work, manifest, found: { metadata } as unknown as Observed };
  const run = () => deleteToRecreate(member, { ...seen, type: statefulSets }, new AbortController().signal);
  return { asked, run };
}

test('only the very object that was seen, as it was seen, is deleted', async () => {
  const { asked, run } = newScene({});
  expect(await run()).toBe('deleted');
  const preconditions = { uid: 'uid-1', resourceVersion: '7' };
  expect(asked).toMatchObject([{ propagationPolicy: 'Background', preconditions }]);
});

test('one that the member will not delete is none that has changed', async () => {
  const { run } = newScene({}, () => {
    throw forbidden;
  });
  await expect(run()).rejects.toThrow(forbidden.message);
});

test('a refusal is told without what is in the Secret that is there', async () => {
  const refuse = (): void => {
    throw newForbidden({ resource: 'secrets', name: 's' }, 'hunter2! is in use');
  };
  const { run } = newScene({}, refuse, { apiVersion: 'v1', kind: 'Secret', data: { a: 'aHVudGVyMiE=' } });
  await expect(run()).rejects.toThrow('secrets "s" is forbidden: *** is in use');
});

test('one that has changed meanwhile is to be looked at again', async () => {
  const { run } = newScene({}, () => {
    throw newConflict(statefulSets, 'changed');
  });
  expect(await run()).toBe('changed');
});

test('one of which nobody knows what would go with it is left until the member says', async () => {
  const unknown = newPathNotFound();
  const { asked, run } = newScene(unknown);
  await expect(run()).rejects.toThrow(unknown.message);
  expect(asked).toEqual([]);
});

test('one whose claims go with it as it is there is left, though the manifest no longer says so', async () => {
  const { asked, run } = newScene(goesWithClaims);
  expect([await run(), asked]).toEqual(['left', []]);
});
