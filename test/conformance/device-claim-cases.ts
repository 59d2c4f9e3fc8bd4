/** Claims of devices: which devices may be asked for, and what may be said of those that were given. */

import { creations, type Fields, made, type PlainKind, patched, updates } from './kind-steps.ts';
import type { Case } from './single-changes.ts';

const deviceClass: PlainKind = {
  kind: 'DeviceClass',
  apiVersion: 'resource.k8s.io/v1',
  resource: 'deviceclasses',
  base: {},
};
const selected = (...expressions: string[]): Fields => ({
  spec: { selectors: expressions.map((expression) => ({ cel: { expression } })) },
});

const loops = (count: number, inner: string): string =>
  Array.from({ length: count }, (_, n) => `x${n}`).reduceRight(
    (body, name) => `device.attributes.all(${name}, ${body})`,
    inner,
  );
const ten = '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]';

const expressions = [
  'true',
  'device.driver == "a.b"',
  'device.driver.startsWith("a") && device.allowMultipleAllocations',
  'device.attributes["a.b"].x',
  'device.attributes["a.b"].x.y',
  'device.attributes["a.b"].?x.orValue(true)',
  'has(device.attributes["a.b"].x) && device.attributes["a.b"].x > 5',
  '"a.b" in device.attributes && "x" in device.attributes["a.b"]',
  'device.attributes["a.b"].x in ["y", "z"]',
  'device.attributes["a.b"].x == device.attributes["c.d"].y',
  'device.attributes["a.b"].x.isGreaterThan(semver("1.0.0"))',
  'device.attributes["a.b"].x.lowerAscii().contains("y")',
  'device.capacity["a.b"].c.compareTo(quantity("1")) >= 0',
  'device.capacity["a.b"].c == quantity("1")',
  'device.capacity["a.b"].c',
  'true ? device.attributes["a.b"].x : device.attributes["a.b"].y',
  'true ? device.attributes["a.b"].x : true',
  '[device.attributes["a.b"].x, 1]',
  'device.attributes["a.b"].x + 1',
  'device.attributes',
  'device.driver',
  'device',
  'dyn(true)',
  'null',
  'duration("1s")',
  '[timestamp("2020-01-01T00:00:00Z")]',
  '1',
  'nope',
  'device.nope',
  'device.driver == 1',
  'device.attributes["a.b"].x.exists(y, y > 1)',
  'device.attributes["a.b"].x.includes(1)',
  'device.attributes["a.b"].x.all(y, z, y == z)',
  'cel.bind(a, device.attributes["a.b"], a.x && a.y)',
  'cel.bind(a, 1, cel.bind(b, a + 1, a + b > 2))',
  'cel.bind(a, nope, true)',
  'cel.bind(1, 2, true)',
  'bind(a, 1, a > 0)',
  'self.x',
  loops(2, 'x0 == x1'),
  loops(3, 'x0 == x1 && x1 == x2'),
  loops(4, 'x0 == x1 && x2 == x3'),
  ...[3, 4, 5, 6].map((count) =>
    Array.from({ length: count }, (_, n) => `y${n}`).reduceRight(
      (body, name) => `${ten}.all(${name}, ${body})`,
      "int('1'.find('[0-9]*')) < 100",
    ),
  ),
  'device.attributes["a.b"].x.matches("(a|b)*c")',
  loops(2, 'device.attributes["a.b"].x.matches(x0 + x1)'),
  'device.attributes.map(x, device.attributes[x].map(y, y + x)).size() > 3',
  '[?device.attributes["a.b"].?x].exists(y, y == "z")',
  '[?device.attributes["a.b"].?x, "y"].exists(y, y == "z")',
  '{?"a": device.attributes["a.b"].?x}.size() == 1',
  '[?device.driver].size() == 1',
  'cel.bind(a, [?device.capacity["a.b"].?c], a.size() == 1)',
  `device.driver == "${'a'.repeat(10_300)}"`,
];

const claim: PlainKind = {
  kind: 'ResourceClaim',
  apiVersion: 'resource.k8s.io/v1',
  resource: 'resourceclaims',
  namespaced: true,
  base: {
    spec: {
      devices: {
        requests: [
          { name: 'r', exactly: { deviceClassName: 'c' } },
          { name: 's', firstAvailable: [{ name: 'x', deviceClassName: 'c' }] },
        ],
      },
    },
  },
};
const template: PlainKind = {
  kind: 'ResourceClaimTemplate',
  apiVersion: 'resource.k8s.io/v1',
  resource: 'resourceclaimtemplates',
  namespaced: true,
  base: { spec: { spec: claim.base['spec'] } },
};
const replicaSet: PlainKind = {
  kind: 'ReplicaSet',
  apiVersion: 'apps/v1',
  resource: 'replicasets',
  namespaced: true,
  base: {
    spec: {
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'app', image: 'i:1' }] } },
    },
  },
};
const asking = (expression: string): Fields => ({
  devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c', selectors: [{ cel: { expression } }] } }] },
});

const many = <T>(length: number, item: (n: number) => T): T[] => Array.from({ length }, (_, n) => item(n));
const given = { request: 'r', driver: 'a.b', pool: 'p', device: 'd' };
const results = (...list: Fields[]): Fields => ({ devices: { results: list } });
const result = (more: Fields): Fields => results({ ...given, ...more });
const config = (...list: Fields[]): Fields => ({ devices: { results: [given], config: list } });
const opaque = { driver: 'a.b', parameters: { a: 1 } };

const allocations: Fields[] = [
  {},
  results(given),
  results({}),
  results({ request: 's/x', driver: 'a.b', pool: 'p/q', device: 'd' }),
  ...['x', 'r/x', 's/y', 'a/b/c', 'A b'].map((request) => result({ request })),
  result({ driver: 'A_', pool: '/', device: 'D.e' }),
  ...[
    '',
    'x',
    'F47AC10B-58CC-4372-A567-0E02B2C3D479',
    'f47ac10b58cc4372a5670e02b2c3d479',
    '(f47ac10b-58cc-4372-a567-0e02b2c3d479)',
    'urn:UUID:f47ac10b-58cc-4372-a567-0e02b2c3d479',
    'urn-uuid-f47ac10b-58cc-4372-a567-0e02b2c3d479',
    'f47ac10b-58cc-4372-a567-0e02b2c3d47x',
  ].map((shareID) => result({ shareID })),
  result({ bindingConditions: ['a'] }),
  result({ bindingConditions: ['a'], bindingFailureConditions: ['a', 'b'], consumedCapacity: { c: '1' } }),
  results(...many(33, () => ({}))),
  config({ source: 'FromClaim', requests: ['r', 's/x'], opaque }),
  config({}, { source: 'Odd', requests: ['r', 'r', 'x'], opaque: { driver: 'A_', parameters: [] } }),
  config(...many(65, () => ({}))),
  { ...results(given), nodeSelector: {} },
  { ...results(given), nodeSelector: { nodeSelectorTerms: [{ matchFields: [{ key: 'odd', operator: 'Odd' }] }] } },
];

const allocation = results(given);
const user = { resource: 'pods', name: 'p', uid: 'u' };
const told = (...devices: Fields[]): Fields => ({ allocation, devices });
const known = { driver: 'a.b', pool: 'p', device: 'd' };
const network = (networkData: Fields): Fields => told({ ...known, networkData });

const statuses: Fields[] = [
  { reservedFor: [user] },
  { allocation, reservedFor: [user, { ...user, uid: 'v', apiGroup: 'x' }] },
  { allocation, reservedFor: [{}, { ...user, uid: null }] },
  { allocation, reservedFor: [user, user] },
  { allocation, reservedFor: many(257, (n) => ({ ...user, uid: `u${n}` })) },
  { devices: [known] },
  told(known),
  told({}),
  told({ ...known, device: 'e' }),
  told({ ...known, shareID: 'x' }),
  told({ driver: 'A_', pool: '/', device: 'D.e' }),
  told({ ...known, conditions: [{}, { type: 'a b', status: 'Odd', reason: 'x y' }] }),
  told({ ...known, conditions: many(9, (n) => ({ type: `t${n}`, status: 'True', reason: 'R' })) }),
  told({ ...known, data: {} }),
  told({ ...known, data: [] }),
  told({ ...known, data: { a: 'x'.repeat(10_300) } }),
  network({ interfaceName: 'eth0', hardwareAddress: '00:11', ips: ['10.9.8.7/24', '2001:db8::1/64'] }),
  network({ interfaceName: 'x'.repeat(257), hardwareAddress: 'x'.repeat(129) }),
  network({ ips: ['x', '10.9.8.7', '010.0.0.1/08', '::ffff:1.2.3.4/120', '2001:DB8::1/64', 'x'] }),
  network({ ips: many(17, () => 'x') }),
];

const later = (status: Fields) => patched(claim, { status }, '/status');
const stories: Case[] = [
  {
    name: 'what was given stays, and is taken back with all that was said of it',
    steps: [
      made(claim),
      later({ ...told({ ...known, data: { a: 1 } }), reservedFor: [user] }),
      later({ allocation: result({ device: 'e' }) }),
      later({ allocation: null }),
      later({ allocation: null, reservedFor: null }),
      later({ allocation: result({ device: 'e' }) }),
    ],
  },
  {
    name: 'nobody new may use what is going',
    steps: [
      made(claim, { metadata: { finalizers: ['a.b/c'] } }),
      later({ allocation, reservedFor: [user, { ...user, uid: 'v' }] }),
      { method: 'DELETE', path: patched(claim, {}).path },
      later({ reservedFor: [user, { ...user, uid: 'w' }] }),
      later({ reservedFor: [user] }),
      patched(claim, { metadata: { finalizers: null } }),
    ],
  },
];

const long = (length: number): Fields => ({ metadata: { annotations: { a: 'x'.repeat(length) } } });

export const deviceClaimGroups: Readonly<Record<string, Case[]>> = {
  'expressions that select devices': [
    ...creations(
      deviceClass,
      expressions.map((expression) => selected(expression)),
    ),
    ...creations(deviceClass, [selected('true', 'nope', '1'), { spec: { selectors: [{}] } }]),
    ...updates(deviceClass, [[selected('true'), selected('nope')]]),
    ...creations(claim, [{ spec: asking('device.driver') }, { spec: asking('true') }]),
    ...creations(template, [{ spec: { spec: asking('nope') } }, { spec: { spec: asking('true') } }]),
  ],
  'annotations of what is yet to be made': [
    ...creations(template, [{ spec: long(262_143) }, { spec: long(262_144) }]),
    ...creations(replicaSet, [{ spec: { template: long(262_143) } }, { spec: { template: long(262_144) } }]),
  ],
  'devices that claims are given': updates(
    claim,
    allocations.map((one): [Fields, Fields] => [{}, { status: { allocation: one } }]),
    '/status',
  ),
  'statuses of claims of devices': [
    ...updates(
      claim,
      statuses.map((status): [Fields, Fields] => [{}, { status }]),
      '/status',
    ),
    ...stories,
  ],
};
