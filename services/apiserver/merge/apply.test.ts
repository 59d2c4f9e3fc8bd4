import { describe, expect, test } from 'vitest';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { apply } from './apply.ts';
import { applyThing, conflictsOf, entry, image, schema, t1, t2, t3, thing, typed, update } from './apply-fixture.ts';
import { newApplyConflict } from './conflict-status.ts';
import type { ApplyConflictError } from './merger.ts';

function errorOf(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('not refused');
}

describe('apply', () => {
  test('creates an object and owns what it sets, but not its identity', () => {
    const live = applyThing(
      {
        metadata: { labels: { a: '1' }, finalizers: ['f'] },
        spec: { replicas: 1, ...image('i:1'), selector: { a: '1' } },
      },
      { manager: 'm', now: t1 },
    );
    expect(live.metadata.managedFields).toEqual([
      entry('m', 'Apply', t1, {
        'f:metadata': { 'f:finalizers': { 'v:"f"': {} }, 'f:labels': { 'f:a': {} } },
        'f:spec': {
          'f:containers': { 'k:{"name":"app"}': { '.': {}, 'f:image': {}, 'f:name': {} } },
          'f:replicas': {},
          'f:selector': {},
        },
      }),
    ]);
    expect(live).toMatchObject(thing({ metadata: { labels: { a: '1' }, finalizers: ['f'] }, spec: { replicas: 1 } }));
  });

  test('that changes nothing leaves the object as it is, times included', () => {
    const live = applyThing({ spec: { replicas: 1 } }, { manager: 'm', now: t1 });
    expect(applyThing({ spec: { replicas: 1 } }, { live, manager: 'm', now: t2 })).toEqual(live);
  });

  test('leaves alone what is named as something that every JavaScript object has', () => {
    const labels = JSON.parse('{"constructor":"1","toString":"1","__proto__":"1"}');
    const live = update(undefined, thing({ metadata: { labels } }), 'u', t1);
    const next = applyThing({ metadata: { labels: { valueOf: '2' } } }, { live, manager: 'm', now: t2 });
    expect(Object.entries(next.metadata.labels ?? {})).toEqual([...Object.entries(labels), ['valueOf', '2']]);
  });

  test('changes its own fields and the time with them', () => {
    const live = applyThing({ spec: { replicas: 1, ...image('i:1') } }, { manager: 'm', now: t1 });
    const next = applyThing({ spec: { replicas: 2, ...image('i:1') } }, { live, manager: 'm', now: t2 });
    expect(next.spec).toEqual({ replicas: 2, ...image('i:1') });
    expect(next.metadata.managedFields?.map(({ time }) => time)).toEqual([t2]);
  });

  test('conflicts with whoever owns a field whose value it would change', () => {
    const live = applyThing({ spec: { replicas: 1, ...image('i:1') } }, { manager: 'a', now: t1 });
    const other = { spec: { replicas: 2, ...image('i:2') } };
    expect(conflictsOf(() => applyThing(other, { live, manager: 'b', now: t2 }))).toEqual([
      'a .spec.replicas',
      'a .spec.containers[name="app"].image',
    ]);
  });

  test('conflicts are worded as upstream words them', () => {
    const live = update(undefined, thing({ spec: { replicas: 1 } }), 'kubectl', t1);
    const error = errorOf(() => applyThing({ spec: { replicas: 2 } }, { live, manager: 'b', now: t2 }));
    expect(newApplyConflict(error as ApplyConflictError).status).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas',
      details: {
        causes: [
          { reason: 'FieldManagerConflict', message: 'conflict with "kubectl" using apps/v1', field: '.spec.replicas' },
        ],
      },
    });
  });

  test('with force takes the fields over', () => {
    const live = applyThing({ spec: { replicas: 1, ...image('i:1') } }, { manager: 'a', now: t1 });
    const next = applyThing({ spec: { replicas: 2 } }, { live, manager: 'b', now: t2, force: true });
    expect(next.spec).toEqual({ replicas: 2, ...image('i:1') });
    expect(next.metadata.managedFields).toEqual([
      entry('a', 'Apply', t1, {
        'f:spec': { 'f:containers': { 'k:{"name":"app"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
      }),
      entry('b', 'Apply', t2, { 'f:spec': { 'f:replicas': {} } }),
    ]);
  });

  test('of the same value shares a field; who shares it and leaves it out does not remove it', () => {
    const live = applyThing({ spec: { replicas: 1, maxSurge: '25%' } }, { manager: 'a', now: t1 });
    const shared = applyThing({ spec: { replicas: 1 } }, { live, manager: 'b', now: t2 });
    expect(shared.metadata.managedFields?.map(({ manager }) => manager).sort()).toEqual(['a', 'b']);
    const left = applyThing({ spec: { maxSurge: '25%' } }, { live: shared, manager: 'a', now: t3 });
    expect(left.spec).toEqual({ replicas: 1, maxSurge: '25%' });
    const gone = applyThing({}, { live: left, manager: 'b', now: t3 });
    expect(gone.spec).toEqual({ maxSurge: '25%' });
    expect(gone.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['a']);
  });

  test('removes what the applier no longer lists: fields, keys, items of lists and sets', () => {
    const live = applyThing(
      {
        metadata: { labels: { a: '1', b: '2' }, finalizers: ['x', 'y'] },
        spec: { containers: [{ name: 'app', image: 'i', args: ['-v'] }, { name: 'side' }], replicas: 1 },
      },
      { manager: 'm', now: t1 },
    );
    const next = applyThing(
      { metadata: { labels: { b: '2' }, finalizers: ['y'] }, spec: { containers: [{ name: 'app', image: 'i' }] } },
      { live, manager: 'm', now: t2 },
    );
    expect(next).toMatchObject({ metadata: { labels: { b: '2' }, finalizers: ['y'] } });
    expect(next.metadata.labels).toEqual({ b: '2' });
    expect(next.metadata.uid).toBeUndefined();
    expect(next.spec).toEqual({ containers: [{ name: 'app', image: 'i' }] });
  });

  test('removes an item with what others set inside of it, as long as they do not own the item', () => {
    const live = applyThing({ spec: image('i') }, { manager: 'm', now: t1 });
    const other = structuredClone(live) as Unstructured & { spec: { containers: Record<string, unknown>[] } };
    other.spec.containers[0]!['args'] = ['-v'];
    const updated = update(live, other, 'editor', t2);
    const next = applyThing({ spec: { replicas: 1 } }, { live: updated, manager: 'm', now: t3 });
    expect(next.spec).toEqual({ replicas: 1, containers: null });
    expect(next.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['m']);
  });

  test('leaves replicas to an autoscaler once it no longer lists them', () => {
    const live = applyThing({ spec: { replicas: 1, ...image('i') } }, { manager: 'm', now: t1 });
    const scaled = update(live, { ...live, spec: { replicas: 5, ...image('i') } }, 'hpa', t2);
    expect(
      conflictsOf(() => applyThing({ spec: { replicas: 1, ...image('i') } }, { live: scaled, manager: 'm', now: t3 })),
    ).toEqual(['hpa .spec.replicas']);
    const next = applyThing({ spec: image('j') }, { live: scaled, manager: 'm', now: t3 });
    expect(next.spec).toEqual({ replicas: 5, ...image('j') });
  });

  test('names ports by number and protocol, TCP where none is given', () => {
    const ports = (...list: unknown[]) => ({ spec: { containers: [{ name: 'app', ports: list }] } });
    const live = applyThing(ports({ containerPort: 53, protocol: 'UDP' }, { containerPort: 53 }), {
      manager: 'a',
      now: t1,
    });
    const next = applyThing(ports({ containerPort: 53, protocol: 'TCP', name: 'dns' }), {
      live,
      manager: 'b',
      now: t2,
    });
    expect(next.spec).toEqual(
      ports({ containerPort: 53, protocol: 'UDP' }, { containerPort: 53, protocol: 'TCP', name: 'dns' }).spec,
    );
  });

  test('lists without a type are one field', () => {
    const args = (...list: string[]) => ({ spec: { containers: [{ name: 'app', args: list }] } });
    const live = applyThing(args('a', 'b'), { manager: 'a', now: t1 });
    expect(conflictsOf(() => applyThing(args('a'), { live, manager: 'b', now: t2 }))).toEqual([
      'a .spec.containers[name="app"].args',
    ]);
  });

  test('what became atomic since it was applied is owned as a whole', () => {
    const old = structuredClone(schema);
    delete old.properties?.['spec']?.properties?.['selector']?.['x-kubernetes-map-type'];
    const parts = { spec: { selector: { a: '1' } } };
    const before = { ...typed, schema: old, live: undefined, applied: thing(parts), manager: 'a', force: false };
    const live = apply({ ...before, subresource: '', now: t1 });
    expect(live.metadata.managedFields?.[0]?.fieldsV1).toEqual({ 'f:spec': { 'f:selector': { 'f:a': {} } } });
    const other = { spec: { selector: { b: '1' } } };
    expect(conflictsOf(() => applyThing(other, { live, manager: 'b', now: t2 }))).toEqual(['a .spec.selector']);
  });

  test('fields that the schema leaves open are owned one by one', () => {
    const live = applyThing({ spec: { free: { a: { b: 1 }, list: [1] } } }, { manager: 'a', now: t1 });
    expect(live.metadata.managedFields?.[0]?.fieldsV1).toEqual({
      'f:spec': { 'f:free': { 'f:a': { '.': {}, 'f:b': {} }, 'f:list': {} } },
    });
    const next = applyThing({ spec: { free: { a: { c: 2 } } } }, { live, manager: 'b', now: t2 });
    expect(next.spec).toEqual({ free: { a: { b: 1, c: 2 }, list: [1] } });
  });

  test('what was there before the first apply belongs to before-first-apply', () => {
    const live = thing({ metadata: { uid: 'u' }, spec: { replicas: 3 } });
    expect(conflictsOf(() => applyThing({ spec: { replicas: 1 } }, { live, manager: 'm', now: t1 }))).toEqual([
      'before-first-apply .spec.replicas',
    ]);
  });

  describe('by kubectl, of what it applied on its own side before', () => {
    const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
    const clientApplied = (spec: unknown): Unstructured => {
      const annotations = { [annotation]: JSON.stringify(thing({ spec })) };
      return update(undefined, thing({ metadata: { annotations }, spec }), 'kubectl-client-side-apply', t1);
    };
    const live = clientApplied({ replicas: 1, maxSurge: 1 });

    test('takes its fields over without conflict, and says so in the annotation', () => {
      const next = applyThing({ spec: { replicas: 2, maxSurge: 1 } }, { live, manager: 'kubectl', now: t2 });
      expect(next.spec).toEqual({ replicas: 2, maxSurge: 1 });
      expect(JSON.parse(next.metadata.annotations?.[annotation] ?? '')).toEqual(
        thing({ spec: { replicas: 2, maxSurge: 1 } }),
      );
    });

    test('conflicts where somebody changed them since', () => {
      const scaled = update(live, { ...live, spec: { replicas: 5, maxSurge: 1 } }, 'hpa', t2);
      const parts = { spec: { replicas: 2, maxSurge: 2 } };
      expect(conflictsOf(() => applyThing(parts, { live: scaled, manager: 'kubectl', now: t3 }))).toEqual([
        'hpa .spec.replicas',
      ]);
    });

    test('is a conflict for any other manager', () => {
      const parts = { spec: { replicas: 2 } };
      expect(conflictsOf(() => applyThing(parts, { live, manager: 'm', now: t2 }))).toEqual([
        'kubectl-client-side-apply .spec.replicas',
      ]);
    });
  });

  test('of a subresource is another manager, and does not own what it can not change', () => {
    const live = applyThing({ spec: { replicas: 1 } }, { manager: 'm', now: t1 });
    const next = apply({
      ...typed,
      live,
      applied: thing({ metadata: { labels: { a: '1' } }, status: { ready: true } }),
      manager: 'm',
      force: false,
      subresource: 'status',
      now: t2,
      ignored: [['metadata'], ['spec']],
    });
    expect(next.metadata.managedFields).toEqual([
      entry('m', 'Apply', t1, { 'f:spec': { 'f:replicas': {} } }),
      { ...entry('m', 'Apply', t2, { 'f:status': { 'f:ready': {} } }), subresource: 'status' },
    ]);
  });

  test('of thousands of fields below names as long as a body the first are told, as mistakes and as conflicts', () => {
    const many = (value: unknown) => Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`f${n}`, value]));
    const long = 'n'.repeat(30_000);
    const undeclared = errorOf(() => applyThing({ spec: { [long]: 1, ...many(1) } }, { manager: 'm', now: t1 }));
    expect(undeclared.message.split('field not declared in schema')).toHaveLength(1001);
    const live = applyThing({ spec: { free: { [long]: many(1) } } }, { manager: 'a', now: t1 });
    const given = { spec: { free: { [long]: many(2) } } };
    const error = errorOf(() => applyThing(given, { live, manager: 'b', now: t2 })) as ApplyConflictError;
    const { message = '', details } = newApplyConflict(error).status;
    expect(message).toContain('Apply failed with 5000 conflicts: conflicts with "a":');
    expect(message.length).toBeLessThan(2_000_000);
    expect(details?.causes).toHaveLength(33);
  });

  test.each([
    ['a field that is not declared', { spec: { replica: 1 } }, '.spec.replica: field not declared in schema'],
    [
      'a string for a number',
      { spec: { replicas: '1' } },
      '.spec.replicas: expected numeric (int or float), got string',
    ],
    ['a map for a list', { spec: { containers: {} } }, '.spec.containers: expected list, got '],
    ['duplicates', { metadata: { finalizers: ['a', 'a'] } }, '.metadata.finalizers: duplicate entries for key [="a"]'],
  ])('refuses %s', (_name, parts, message) => {
    expect(() => applyThing(parts, { manager: 'm', now: t1 })).toThrow(
      `failed to create typed patch object (ns/x; apps/v1, Kind=Thing): ${message}`,
    );
  });
});
