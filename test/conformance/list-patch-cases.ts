/** Strategic merge patches of lists whose items are named by a field: items without it, or with one of another type, and directives among them. */

import { type Body, deployment, type Kind, service, serviceAccount } from './objects.ts';
import { at } from './requests.ts';
import { type Case, contentTypes, create } from './single-changes.ts';

interface NamedList {
  readonly kind: Kind;
  readonly mergeKey: string;
  readonly live: readonly [unknown, unknown];
  /** The whole object around a list. */
  around(fields: Body): Body;
  readonly name: string;
}

const ofTemplate = (spec: Body): Body => ({ spec: { template: { spec } } });

const lists: readonly NamedList[] = [
  { kind: serviceAccount, name: 'secrets', mergeKey: 'name', live: ['s', 't'], around: (fields) => fields },
  { kind: service, name: 'ports', mergeKey: 'port', live: [80, 81], around: (spec) => ({ spec }) },
  { kind: deployment, name: 'volumes', mergeKey: 'name', live: ['v', 'w'], around: ofTemplate },
  { kind: deployment, name: 'hostAliases', mergeKey: 'ip', live: ['192.0.2.1', '192.0.2.2'], around: ofTemplate },
  {
    kind: deployment,
    name: 'containers',
    mergeKey: 'name',
    live: ['app', 'side'],
    around: ofTemplate,
  },
];

const required: Readonly<Record<string, (key: unknown) => Body>> = {
  containers: () => ({ image: 'i:1' }),
  ports: (key) => ({ name: `p${String(key)}` }),
};
const ODD_KEYS: readonly unknown[] = [null, '', 5, true, {}, ['odd']];

function fieldsFor({ name, mergeKey, live: [one, other] }: NamedList): Body[] {
  const [a, b] = [{ [mergeKey]: one }, { [mergeKey]: other }];
  const odd = ODD_KEYS.map((key) => ({ [mergeKey]: key }));
  const order = `$setElementOrder/${name}`;
  const deletion = `$deleteFromPrimitiveList/${name}`;
  const lists: unknown[] = [
    ...[{}, ...odd].flatMap((item) => [[item], [b, item]]),
    ...odd.map((item) => [{ ...item, $patch: 'delete' }]),
    ...['delete', 'replace', 'merge', 'odd', null, 5, {}].map(($patch) => [{ ...a, $patch }]),
    [{ $patch: 'delete' }],
    [{ ...a, $patch: 'delete' }, { ...a, $patch: 'delete' }, a],
    [{ $patch: 'replace' }, b, { $patch: 'delete' }],
    [a, { $patch: 'replace' }],
    [a, 'text'],
    ['text'],
    [[]],
    [],
    null,
    'text',
    5,
    {},
    [{ ...a, $retainKeys: [mergeKey] }],
    [{ ...a, $retainKeys: [] }],
    [{ ...a, $retainKeys: null }],
    [{ ...b, [`$setElementOrder/${name}`]: [] }],
  ];
  const orders: unknown[] = [
    [],
    [b, a],
    [b],
    [a],
    [{}],
    [{ [mergeKey]: null }],
    ['text'],
    [[]],
    [null],
    null,
    'text',
    {},
  ];
  return [
    ...lists.map((list) => ({ [name]: list })),
    ...orders.flatMap((value) => [{ [order]: value }, { [order]: value, [name]: [b] }]),
    { [order]: [b, a], [name]: [a, b] },
    { [order]: [b], [name]: [{ ...a, $patch: 'delete' }, b] },
    ...[[], null, [a], ['text'], [null], 'text', {}].map((value) => ({ [deletion]: value })),
    { [`${order}x`]: [] },
    { [name]: [b], $retainKeys: [name] },
    { [name]: [b], $retainKeys: [] },
    { [name]: [b], $retainKeys: [{}] },
  ];
}

function casesOf(list: NamedList): Case[] {
  const { kind, name, mergeKey, live, around } = list;
  const items = live.map((key) => ({ [mergeKey]: key, ...required[name]?.(key) }));
  const path = at(kind, 'a');
  return fieldsFor(list).map((fields) => ({
    name: `a strategic patch of ${kind.kind} ${JSON.stringify(fields)}`,
    steps: [
      create(kind, 'a', around({ [name]: items })),
      { method: 'PATCH', path, contentType: contentTypes.strategic, body: around(fields) },
    ],
  }));
}

/** By the list that they are about. */
export const listPatchGroups: Readonly<Record<string, Case[]>> = Object.fromEntries(
  lists.map((list) => [`strategic patches of ${list.name} of a ${list.kind.kind}`, casesOf(list)]),
);
