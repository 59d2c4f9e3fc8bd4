import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { type Answer, type Call, type Fixture, newFixture } from '../handlers/request-fixture.ts';
import type { JsonObject } from '../merge/json-value.ts';
import { knownWrite } from './known-writes.ts';
import { decodeRemembered } from './object-codec.ts';

interface Kind {
  endpoint: Pick<Call, 'resource' | 'subresource' | 'namespace'>;
  key: string;
  made: Unstructured;
  /** What a heartbeat says. */
  beat: (count: number) => object;
}

const named = { name: 'one' };
const time = (count: number): string => `2026-03-01T12:00:${String(count % 60).padStart(2, '0')}Z`;

const KINDS: Record<string, Kind> = {
  Lease: {
    endpoint: { resource: 'leases.coordination.k8s.io', namespace: 'default' },
    key: '/coordination.k8s.io/leases/default/one',
    made: {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { ...named, annotations: { a: '1' } },
      spec: { holderIdentity: 'one', leaseDurationSeconds: 40, renewTime: '2026-03-01T12:00:00.000000Z' },
    },
    beat: (count) => ({ spec: { renewTime: time(count).replace('Z', '.000001Z') } }),
  },
  ResourceQuota: {
    endpoint: { resource: 'resourcequotas', subresource: 'status', namespace: 'default' },
    key: '/core/resourcequotas/default/one',
    made: {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { ...named, labels: { a: '1' } },
      spec: { hard: { cpu: '60', pods: '60' } },
      status: { hard: { cpu: '60', pods: '60' }, used: { cpu: '0', pods: '0' } },
    },
    beat: (count) => ({ status: { used: { cpu: String(count) } } }),
  },
  ConfigMap: {
    endpoint: { resource: 'configmaps', namespace: 'default' },
    key: '/core/configmaps/default/one',
    made: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...named }, data: { beat: '0', other: '' } },
    beat: (count) => ({ data: { beat: String(count) } }),
  },
  Deployment: {
    endpoint: { resource: 'deployments.apps', subresource: 'status', namespace: 'default' },
    key: '/apps/deployments/default/one',
    made: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...named },
      spec: {
        selector: { matchLabels: { app: 'one' } },
        template: { metadata: { labels: { app: 'one' } }, spec: { containers: [{ name: 'main', image: 'nginx:1' }] } },
      },
      status: { replicas: 1, observedGeneration: 1 },
    },
    beat: (count) => ({ status: { observedGeneration: count } }),
  },
  Gauge: {
    endpoint: { resource: 'gauges.example.com', subresource: 'status' },
    key: '/example.com/gauges//one',
    made: {
      apiVersion: 'example.com/v1',
      kind: 'Gauge',
      metadata: { ...named, finalizers: ['example.com/a'] },
      spec: { size: 1 },
      status: { count: 1, at: 'now', isUp: true, list: [{ name: 'a', value: 1 }], free: { x: 1 } },
    },
    beat: (count) => ({ status: { count } }),
  },
};

const object = (properties: object): object => ({ type: 'object', properties });
const gaugeStatus = {
  count: { type: 'integer', maximum: 60, default: 1 },
  at: { type: 'string', nullable: true },
  isUp: { type: 'boolean' },
  list: {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    items: { ...object({ name: { type: 'string' }, value: { type: 'integer' } }), required: ['name'] },
  },
  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
};
const gaugeDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gauges.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { plural: 'gauges', singular: 'gauge', kind: 'Gauge', listKind: 'GaugeList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: object({ spec: object({ size: { type: 'integer' } }), status: object(gaugeStatus) }),
        },
      },
    ],
  },
};

async function newApi(kind: Kind): Promise<Fixture> {
  const api = newFixture();
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
  await api.send({
    verb: 'create',
    resource: 'customresourcedefinitions.apiextensions.k8s.io',
    body: gaugeDefinition,
  });
  await make(api, kind);
  return api;
}

/** In place of one that is there, which goes at once. */
async function make(api: Fixture, { made, endpoint, key }: Kind): Promise<void> {
  const { subresource, ...collection } = endpoint;
  const entry = api.storage.get(key);
  if (entry) await api.storage.delete(key, entry.modRevision, () => entry.value);
  expect(await api.send({ verb: 'create', ...collection, body: made })).toMatchObject({ code: 201 });
  if (subresource) {
    const body = {
      ...made,
      metadata: { ...made.metadata, resourceVersion: stored(api, made).metadata.resourceVersion },
    };
    expect(await api.send({ verb: 'update', ...endpoint, ...named, body })).toMatchObject({ code: 200 });
  }
}

const textOf = ({ storage }: Fixture, { kind }: Unstructured): string =>
  Buffer.from(storage.get(KINDS[kind]?.key ?? '')?.value ?? []).toString();
const stored = (api: Fixture, made: Unstructured): Unstructured => JSON.parse(textOf(api, made));

/** Nothing is remembered of the writes to a store that nobody has seen. */
function forget({ registry }: Fixture): void {
  registry.storage = { ...registry.storage };
}

function laid<T>(over: unknown, value: T): T {
  if (typeof over !== 'object' || over === null) return over as T;
  const copy = (typeof value === 'object' ? structuredClone(value) : {}) as Record<string, unknown>;
  for (const [key, one] of Object.entries(over)) copy[key] = laid(one, copy[key]);
  return copy as T;
}

describe('a heartbeat', () => {
  test.each(Object.entries(KINDS))('of a %s goes the short way once the long one was seen', async (name, kind) => {
    const api = await newApi(kind);
    const known = () => knownWrite(api.registry.storage, kind.key);
    const send = async (count: number): Promise<void> => {
      api.advance(1000);
      const body = laid(kind.beat(count), stored(api, kind.made));
      expect(await api.send({ verb: 'update', ...kind.endpoint, ...named, body })).toMatchObject({ code: 200 });
      expect(stored(api, kind.made)).toMatchObject(kind.beat(count));
    };
    for (const count of [1, 2]) await send(count);
    const values = known()?.values;
    expect(values?.size).toBe(name === 'Deployment' ? undefined : 1);
    for (const count of [3, 4]) await send(count);
    expect(known()?.values).toBe(values);
    expect(known()?.revision).toBe(
      name === 'Deployment' ? undefined : Number(stored(api, kind.made).metadata.resourceVersion),
    );
    const [last] = stored(api, kind.made).metadata.managedFields?.slice(-1) ?? [];
    expect(last?.time).toBe(new Date(api.registry.clock.now()).toISOString().replace('.000', ''));
  });

  test('that nobody else came before is still checked: admission, validation, the revision', async () => {
    const kind = KINDS['Gauge']!;
    const api = await newApi(kind);
    const send = (count: number, revision?: string): Promise<Answer> => {
      const body = laid(kind.beat(count), stored(api, kind.made));
      if (revision) body.metadata.resourceVersion = revision;
      return api.send({ verb: 'update', ...kind.endpoint, ...named, body });
    };
    for (const count of [1, 2, 3]) await send(count);
    expect(await send(61)).toMatchObject({ code: 422 });
    expect(await send(4, '1')).toMatchObject({ code: 409 });
    expect(await send(4)).toMatchObject({ code: 200, body: { status: { count: 4 } } });
  });
});

/** One update, as far as it does not depend on what is stored. */
interface Step {
  edits: Edit[];
  isBare: boolean;
  isStale: boolean;
  isDouble: boolean;
  manager: string;
  advanceMs: number;
  query: Record<string, string>;
}

type Edit =
  | { type: 'beat'; count: number }
  /** The `at`-th scalar or object of those there are. */
  | { type: 'set'; at: number; value: unknown }
  | { type: 'add'; at: number; value: unknown }
  | { type: 'drop'; at: number };

const ODD_VALUES = [
  '',
  'x',
  'True',
  '1',
  '1.0',
  '1000m',
  time(7),
  '2026-03-01T13:00:00+01:00',
  '2026-03-01T12:00:00.5Z',
];
const values = fc.oneof(
  fc.constantFrom<unknown>(...ODD_VALUES, 0, 1, 2, 61, 1.5, true, false, null, {}, [], { a: 1 }),
  fc.integer({ min: 1, max: 59 }),
);
const at = fc.nat({ max: 50 });
const edits = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('beat' as const), count: fc.integer({ min: 1, max: 59 }) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('set' as const), at, value: values }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('add' as const), at, value: values }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('drop' as const), at }) },
);
const seldom = fc.nat({ max: 9 }).map((chance) => chance === 9);
const steps: fc.Arbitrary<Step> = fc.record({
  edits: fc.array(edits, { minLength: 1, maxLength: 3 }),
  isBare: fc.boolean(),
  isStale: seldom,
  isDouble: seldom,
  manager: fc.constantFrom('first', 'first', 'first', 'second'),
  advanceMs: fc.constantFrom(0, 400, 1000, 5000),
  query: fc.constantFrom<Record<string, string>>({}, {}, {}, { fieldValidation: 'Strict' }, { dryRun: 'All' }),
});

/** Where something can be set, and where something can be added. */
function placesIn(value: unknown): { scalars: [JsonObject, string][]; objects: JsonObject[] } {
  if (typeof value !== 'object' || value === null) return { scalars: [], objects: [] };
  const below = Object.values(value).map(placesIn);
  const own = Object.entries(value).filter(([, one]) => typeof one !== 'object' || one === null);
  return {
    scalars: [
      ...own.map(([key]): [JsonObject, string] => [value as JsonObject, key]),
      ...below.flatMap((one) => one.scalars),
    ],
    objects: [...(Array.isArray(value) ? [] : [value as JsonObject]), ...below.flatMap((one) => one.objects)],
  };
}

function edited(body: Unstructured, edit: Edit, { beat }: Kind): Unstructured {
  if (edit.type === 'beat') return laid(beat(edit.count), body);
  const { metadata: _, ...rest } = body;
  const { scalars, objects } = placesIn(rest);
  const [parent, key] = scalars[edit.at % scalars.length] ?? [];
  if (edit.type === 'add') (objects[edit.at % objects.length] ?? {})['added'] = edit.value;
  else if (edit.type === 'drop') delete parent?.[key ?? ''];
  else if (parent && key) parent[key] = edit.value;
  return body;
}

/** Of the object as the next write of it will find it. */
function rememberedOf({ registry, storage }: Fixture, { endpoint, key }: Kind): Unstructured | undefined {
  const [plural, ...group] = endpoint.resource.split('.');
  const served = registry.catalog.list().find((one) => one.plural === plural && one.group === group.join('.'));
  const entry = storage.get(key);
  return served && entry && decodeRemembered(served, entry);
}

async function sendStep(api: Fixture, kind: Kind, step: Step): Promise<object> {
  api.advance(step.advanceMs);
  let body = stored(api, kind.made);
  const { name = '', resourceVersion = '' } = body.metadata;
  if (step.isBare)
    body.metadata = { name, resourceVersion, ...(kind.made.metadata.annotations ? { annotations: { a: '1' } } : {}) };
  if (step.isStale) body.metadata.resourceVersion = '1';
  for (const edit of step.edits) body = edited(body, edit, kind);
  const text = JSON.stringify(body);
  const {
    code,
    text: answer,
    warnings,
  } = await api.send({
    verb: 'update',
    ...kind.endpoint,
    ...named,
    query: { fieldManager: step.manager, ...step.query },
    body: step.isDouble ? text.replace('{', `{"kind":${JSON.stringify(kind.made.kind)},`) : text,
  });
  return { code, answer, warnings, stored: textOf(api, kind.made) };
}

/** The same ones with each run, but for those who look for more. */
const SEED = Number(process.env['PULLET_TEST_SEED'] ?? 1);

test.each(Object.entries(KINDS))(
  'updates of a %s come to the same on both ways',
  async (_, kind) => {
    const [short, long] = [await newApi(kind), await newApi(kind)];
    let repeated = 0;
    const walk = async (sequence: Step[]): Promise<void> => {
      for (const api of [short, long]) await make(api, kind);
      const uids = [short, long].map((api) => stored(api, kind.made).metadata.uid ?? '');
      const withoutUid = (result: object): unknown =>
        uids.reduce((text, uid) => text.replaceAll(uid, 'uid'), JSON.stringify(result));
      for (const step of sequence) {
        const before = knownWrite(short.registry.storage, kind.key);
        forget(long);
        expect(withoutUid(await sendStep(short, kind, step))).toBe(withoutUid(await sendStep(long, kind, step)));
        expect(rememberedOf(short, kind)).toEqual(stored(short, kind.made));
        const after = knownWrite(short.registry.storage, kind.key);
        if (before && before !== after && before.values === after?.values) repeated += 1;
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(steps, { minLength: 10, maxLength: 20 }), walk), {
      numRuns: 8,
      seed: SEED,
    });
    if (kind.made.kind !== 'Deployment') expect(repeated).toBeGreaterThan(0);
  },
  120_000,
);
