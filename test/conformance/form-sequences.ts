/** Right requests in odd forms: as YAML, with keys that come twice, with numbers and texts at their limits, and asked for as tables or metadata alone. */

import fc from 'fast-check';
import { type Body, configMap, deployment, type Kind, objectOf, secret, service, widget } from './objects.ts';
import { at, pathOf, remove } from './requests.ts';
import { contentTypes, create } from './single-changes.ts';
import type { Step } from './step.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const kinds = pick<Kind>(configMap, configMap, widget, widget, deployment, service, secret);

const as = (what: string, version = 'v1', media = 'json'): string =>
  `application/${media};as=${what};g=meta.k8s.io;v=${version}`;
const accepts = pick<string | undefined>(
  undefined,
  undefined,
  as('Table'),
  as('Table', 'v1beta1'),
  as('PartialObjectMetadata'),
  as('PartialObjectMetadataList'),
  as('Table', 'v2'),
  as('Table', 'v1', 'yaml'),
  as('PartialObjectMetadata', 'v1', 'yaml'),
  `${as('Table', 'v2')},${as('Table')},application/json`,
  `${as('Nonsense')},application/yaml`,
  `${as('Table')};q=0.1,application/json`,
  'application/yaml',
);
const included = pick<string | undefined>(undefined, undefined, undefined, 'None', 'Object', 'Metadata', 'Odd');
const validations = pick<string | undefined>(undefined, undefined, 'Strict', 'Strict', 'Warn', 'Ignore');

/** Written out, so that what JSON.stringify would not write can be put in: `@` stands for a member of an object that has others. */
const members = pick(
  '"unknown":1',
  '"unknown":{"unknown":[]}',
  '"kind":"ConfigMap"',
  '"name":"a"',
  '"name":"other"',
  '"metadata":{"labels":{"b":"2"}}',
  '"labels":{"app":"x","app":"x"}',
  '"labels":{"app":"y"}',
  '"Labels":{"app":"y"}',
  '"annotations":null',
  '"spec":{"replicas":2}',
  '"replicas":1.5',
  '"replicas":2147483648',
  '"replicas":1E400',
  '"free":{"exact":1.5}',
  '"free":{"a":1,"a":2}',
  '"items":[{"name":"a","name":"b"},{"name":"c","value":1,"value":1}]',
  '"data":{"a":"1","a":"1"}',
  '"data":{"\\u0061":"escaped","a":"plain"}',
  '"data":{"a":"\\u0000\\u2028<>&"}',
  '"data":{"a":"é e\u0301 \u{1F600} \uFEFF"}',
  '"data":{"ключ":"x"}',
  '"generation":5,"generation":6',
  '"":1',
  '"a.b":1',
  '"__proto__":{"a":1}',
  '"ports":[{"port":80,"port":81}]',
  '"template":{"metadata":{"labels":{"app":"x","app":"x"}},"spec":{"containers":[{"name":"app","name":"app","image":"i:1"}]}}',
  '"template":{"spec":{"containers":[{"name":"app","image":"i:1","nonsense":1},{"name":"b","image":"i:1","nonsense":1,"env":[{"name":"A","odd":1}]}]}}',
);

/** Puts members into objects of a text: after any opening brace. */
function withMembers(text: string, [first, ...rest]: readonly [number, string][]): string {
  if (!first) return text;
  const [place, member] = first;
  const braces = [...text.matchAll(/\{/g)].map(({ index }) => index);
  const index = (braces[place % braces.length] ?? 0) + 1;
  const isEmpty = text[index] === '}';
  return withMembers(`${text.slice(0, index)}${member}${isEmpty ? '' : ','}${text.slice(index)}`, rest);
}

const additions = fc.array(fc.tuple(fc.nat({ max: 9 }), members), { minLength: 1, maxLength: 1 });

const whole = (kind: Kind): Body => objectOf(kind, 'a', { metadata: { labels: { app: 'x' } } });

const bodyless = ({ apiVersion, kind }: Kind): Body => ({
  apiVersion,
  kind,
  metadata: { name: 'a', labels: {} },
  spec: {},
});

function texts(kind: Kind): fc.Arbitrary<Partial<Step>> {
  return fc
    .tuple(additions, pick('application/json', 'application/json', 'application/yaml'))
    .map(([more, contentType]) => ({ raw: withMembers(JSON.stringify(whole(kind)), more), contentType }));
}

function patchTexts(kind: Kind): fc.Arbitrary<Partial<Step>> {
  return fc
    .tuple(additions, pick<keyof typeof contentTypes>('merge', 'strategic', 'apply', 'apply'), pick(true, false))
    .map(([more, way, isWhole]) => ({
      raw: withMembers(
        JSON.stringify(isWhole ? whole(kind) : way === 'apply' ? bodyless(kind) : { metadata: {} }),
        more,
      ),
      contentType: contentTypes[way],
      ...(way === 'apply' ? { query: { fieldManager: 'm', force: true } } : {}),
    }));
}

/** Lines of YAML after the name and its kind. */
const lines = pick(
  'data: {a: "1"}\ndata: {a: "2"}',
  'data:\n  a: |\n    one\n    two\n  b: >-\n    folded\n    text\n',
  'data: {a: &x "1", b: *x}',
  'data: {a: !!binary aGk=}',
  'data: {a: "\\u00e9\\x41\\U0001F600\\n"}',
  "data: {a: 'it''s'}",
  'data: {a: # a comment\n  "1"}',
  'data:\n\ta: 1',
  'data: {? a : "1"}',
  'data: {a: 1.0, b: 0x10, c: 1e3}',
  'spec: {size: 3, size: 4}',
  'spec: {size: 0x10, free: {a: 0o17, b: .inf, c: 2001-01-01, d: ~, e: 1_0, 5: x, true: y}}',
  'spec: {size: 3, items: [{name: a, name: b}]}',
  'spec: {size: 3, free: &f {a: 1}, unknown: *f}',
  'spec: {size: +3, name: "a"}',
  '"spec": {"size": 3,}',
  '# nothing',
);

function yamls(kind: Kind): fc.Arbitrary<Partial<Step>> {
  const head = `apiVersion: ${kind.apiVersion}\nkind: ${kind.kind}\nmetadata: {name: a}\n`;
  return lines.map((more) => ({ raw: head + more, contentType: 'application/yaml' }));
}

/** Labels, annotations, names and values at their limits. */
const limits: readonly Body[] = [
  { annotations: { a: 'x'.repeat(262_143) } },
  { annotations: { a: 'x'.repeat(262_144) } },
  { annotations: { a: 'é'.repeat(131_072) } },
  { annotations: { a: 'x'.repeat(131_071), b: 'x'.repeat(131_071) } },
  { annotations: { [`${'a'.repeat(253)}/b`]: '' } },
  { annotations: { [`${'a'.repeat(254)}/b`]: '' } },
  { annotations: { 'Example.com/B': 'ü' } },
  { annotations: { 'a/b/c': '', '/b': '', 'a/': '' } },
  { labels: { a: 'x'.repeat(63) } },
  { labels: { a: 'x'.repeat(64) } },
  { labels: { [`${'a'.repeat(63)}`]: '' } },
  { labels: { [`${'a'.repeat(64)}`]: '' } },
  { labels: { [`${'a'.repeat(63)}.b/${'c'.repeat(63)}`]: 'v' } },
  { labels: { a: '-x', b: 'x_', c: 'ü', '': 'x' } },
  { name: 'a'.repeat(253) },
  { name: 'a'.repeat(254) },
  { name: 'a'.repeat(63) },
  { name: 'a'.repeat(64) },
  { name: `${'a'.repeat(63)}.b` },
  { name: '0' },
  { name: 'a..b' },
  { name: 'a.-b' },
  { name: '..' },
  { name: 'a/b' },
  { name: 'a%b' },
  { name: 'é' },
  { generateName: `${'a'.repeat(57)}-` },
  { finalizers: [`${'a'.repeat(254)}/b`] },
  { finalizers: Array.from({ length: 30 }, (_, index) => `example.com/${index}`) },
  { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a'.repeat(300), uid: 'u' }] },
  {
    ownerReferences: [
      { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u', controller: true },
      { apiVersion: 'v1', kind: 'Pod', name: 'q', uid: 'v', controller: true },
    ],
  },
];

/**
 * With annotations that are too long upstream does not look at the rules of custom resources, and says so; the address that it keeps for a service whose
 * name is no part of a path is refused before the service is.
 */
function isComparable(kind: Kind, { annotations, name }: Body): boolean {
  if (kind === service) return !/[/%]|^\.\.$/.test(String(name));
  return kind !== widget || Buffer.byteLength(JSON.stringify(annotations ?? '')) < 262_144;
}

const limited = (kind: Kind): fc.Arbitrary<Step> =>
  pick(...limits.filter((one) => isComparable(kind, one))).map((metadata) => {
    const body = objectOf(kind, 'b', { metadata });
    if (metadata['generateName'] && !metadata['name']) delete (body['metadata'] as Body)['name'];
    return { method: 'POST', path: pathOf(kind), body };
  });

function requestsOn(kind: Kind): fc.Arbitrary<Step> {
  const named = at(kind, 'a');
  const creations = fc
    .oneof(texts(kind), yamls(kind))
    .map((own): Step => ({ method: 'POST', path: pathOf(kind), ...own }));
  const replacements = fc.oneof(texts(kind), yamls(kind)).map((own): Step => ({ method: 'PUT', path: named, ...own }));
  const patches = patchTexts(kind).map((own): Step => ({ method: 'PATCH', path: named, ...own }));
  const reads = fc
    .tuple(pick(named, pathOf(kind)), included)
    .map(([path, includeObject]): Step => ({ method: 'GET', path, query: { includeObject } }));
  const deletions = fc
    .tuple(
      pick(named, pathOf(kind), pathOf(kind)),
      pick<Record<string, string>>(
        {},
        { dryRun: 'All' },
        { labelSelector: 'app=x' },
        { limit: '1' },
        { propagationPolicy: 'Foreground' },
      ),
      pick<Body | undefined>(
        undefined,
        { preconditions: { uid: 'x' } },
        { preconditions: { resourceVersion: `<<rv ${kind.kind}/a>>` } },
        { propagationPolicy: 'Orphan' },
        { dryRun: ['All'] },
        { gracePeriodSeconds: 0 },
      ),
    )
    .map(([path, query, options]) => remove(path, options, query));
  return fc
    .tuple(
      fc.oneof(
        { weight: 4, arbitrary: creations },
        { weight: 2, arbitrary: replacements },
        { weight: 4, arbitrary: patches },
        { weight: 3, arbitrary: reads },
        { weight: 2, arbitrary: deletions },
        { weight: 2, arbitrary: limited(kind) },
      ),
      accepts,
      validations,
    )
    .map(([step, accept, fieldValidation]) => ({
      ...step,
      ...(accept === undefined ? {} : { accept }),
      ...(['POST', 'PUT', 'PATCH'].includes(step.method) ? { query: { ...step.query, fieldValidation } } : {}),
    }));
}

export const formSequences: fc.Arbitrary<Step[]> = kinds.chain((kind) =>
  fc
    .array(requestsOn(kind), { minLength: 4, maxLength: 10 })
    .map((steps) => [create(kind, 'a'), ...steps, { method: 'GET', path: pathOf(kind) }]),
);
