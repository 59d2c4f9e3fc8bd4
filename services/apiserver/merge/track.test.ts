import { describe, expect, test } from 'vitest';
import type { ManagedFieldsEntry, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { applyThing, entry, t1, t2, t3, thing, update } from './apply-fixture.ts';

describe('track', () => {
  test('who creates owns everything that it set', () => {
    const live = update(undefined, thing({ metadata: { labels: { a: '1' } }, spec: { replicas: 1 } }), 'kubectl', t1);
    expect(live.metadata.managedFields).toEqual([
      entry('kubectl', 'Update', t1, {
        'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
        'f:spec': { '.': {}, 'f:replicas': {} },
      }),
    ]);
  });

  test('a change takes the field from appliers and updaters alike, and leaves the rest', () => {
    const applied = applyThing({ spec: { replicas: 1, maxSurge: 1 } }, { manager: 'a', now: t1 });
    const live = update(applied, { ...applied, spec: { replicas: 2, maxSurge: 1 } }, 'u', t2);
    const next = update(live, { ...live, spec: { replicas: 3, maxSurge: 1 } }, 'v', t3);
    expect(next.metadata.managedFields).toEqual([
      entry('a', 'Apply', t1, { 'f:spec': { 'f:maxSurge': {} } }),
      entry('v', 'Update', t3, { 'f:spec': { 'f:replicas': {} } }),
    ]);
  });

  test('an update that changes nothing changes no entry', () => {
    const live = update(undefined, thing({ spec: { replicas: 1 } }), 'u', t1);
    const after = { ...live, metadata: { ...live.metadata, resourceVersion: '7' } };
    expect(update(live, after, 'v', t2)).toEqual(after);
  });

  test("fields that are gone are nobody's", () => {
    const live = update(undefined, thing({ spec: { replicas: 1, maxSurge: 1 } }), 'u', t1);
    const next = update(live, { ...live, spec: { replicas: 1 } }, 'v', t2);
    expect(next.metadata.managedFields).toEqual([
      entry('u', 'Update', t1, { 'f:spec': { '.': {}, 'f:replicas': {} } }),
    ]);
  });

  test('a list full of items of one name is owned as one', () => {
    const containers = Array.from({ length: 40_000 }, (_, index) => ({ name: 'a', image: String(index) }));
    const live = update(undefined, thing({ spec: { containers } }), 'u', t1);
    expect(live.metadata.managedFields).toEqual([
      entry('u', 'Update', t1, { 'f:spec': { '.': {}, 'f:containers': { '.': {}, 'k:{"name":"a"}': {} } } }),
    ]);
  });

  test('at most ten updaters are kept; older ones become ancient-changes', () => {
    let live = update(undefined, thing({ metadata: { labels: { l0: '' } } }), 'm0', t1);
    for (let i = 1; i <= 12; i++) {
      const labels = { ...live.metadata.labels, [`l${i}`]: '' };
      live = update(live, { ...live, metadata: { ...live.metadata, labels } }, `m${i}`, `2026-01-01T00:01:${10 + i}Z`);
    }
    const managers = live.metadata.managedFields?.map(({ manager }) => manager);
    expect(managers).toEqual(['ancient-changes', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9', 'm10', 'm11', 'm12']);
    expect(live.metadata.managedFields?.[0]?.fieldsV1).toMatchObject({
      'f:metadata': { 'f:labels': { 'f:l0': {}, 'f:l1': {}, 'f:l2': {}, 'f:l3': {} } },
    });
  });

  describe('managedFields that a client sends', () => {
    const live = update(undefined, thing({ metadata: { uid: 'u' }, spec: { replicas: 1 } }), 'u', t1);
    const sending = (managedFields: unknown): Unstructured =>
      update(
        live,
        { ...live, metadata: { ...live.metadata, managedFields: managedFields as ManagedFieldsEntry[] } },
        'v',
        t2,
      );

    test.each([
      ['an empty list', []],
      ['a list with an empty entry', [{}]],
    ])('%s resets tracking', (_name, managedFields) => {
      expect(sending(managedFields).metadata.managedFields).toBeUndefined();
    });

    test.each([
      ['nothing', undefined],
      ['an entry without operation', [{ manager: 'x', apiVersion: 'v1', fieldsType: 'FieldsV1' }]],
      ['broken fields', [{ ...entry('x', 'Update', t1, { spec: {} }) }]],
    ])('%s is ignored', (_name, managedFields) => {
      expect(sending(managedFields).metadata.managedFields).toEqual(live.metadata.managedFields);
    });

    test('valid entries count', () => {
      const entries = [entry('x', 'Apply', t1, { 'f:spec': { 'f:replicas': {} } })];
      expect(sending(entries).metadata.managedFields).toEqual(entries);
    });
  });
});
