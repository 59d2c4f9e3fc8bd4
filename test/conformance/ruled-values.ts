/** Rules and values for them: what each comes to. A definition has a field for each rule. */

import { grammarGroups } from './grammar-cases.ts';
import type { Body } from './objects.ts';
import { post } from './requests.ts';
import { definitions, things } from './settle-definition.ts';
import type { Case } from './single-changes.ts';
import { thing, thingDefinition } from './thing-definition.ts';

const text = { type: 'string', maxLength: 30 };
const properties = {
  a: { type: 'integer' },
  b: { type: 'integer' },
  n: { type: 'integer', nullable: true },
  q: { type: 'number' },
  s: text,
  t: text,
  on: { type: 'boolean' },
  time: { type: 'string', format: 'date-time' },
  day: { type: 'string', format: 'date' },
  wait: { type: 'string', format: 'duration' },
  raw: { type: 'string', format: 'byte', maxLength: 20 },
  mixed: { 'x-kubernetes-int-or-string': true, maxLength: 10 },
  'x-y': text,
  namespace: text,
  texts: { type: 'array', maxItems: 4, items: text },
  numbers: { type: 'array', maxItems: 4, items: { type: 'integer' } },
  set: { type: 'array', maxItems: 4, items: text, 'x-kubernetes-list-type': 'set' },
  keyed: {
    type: 'array',
    maxItems: 4,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['k'],
    items: { type: 'object', required: ['k'], properties: { k: text, v: { type: 'integer' } } },
  },
  list: { type: 'array', maxItems: 4, items: { type: 'object', properties: { n: text, i: { type: 'integer' } } } },
  map: { type: 'object', maxProperties: 4, additionalProperties: { type: 'integer' } },
  deep: { type: 'object', properties: { x: { type: 'object', properties: { y: { type: 'integer' } } } } },
};

const texts = [
  '',
  'a',
  'abc',
  'äb',
  'a-b',
  '10.0.0.1',
  '10.0.0.0/8',
  '::1',
  'https://h:1/p?q=1',
  '1.2.3',
  '1500m',
  'A.b',
];
const ofTexts = (rule: string): [string, Body[]] => [rule, texts.map((s) => ({ s }))];

const RULED: Ruled[] = [
  ['self.a > 1', [{ a: 1 }, { a: 2 }, {}]],
  ['!has(self.a) || self.a % 2 == 0', [{ a: 1 }, { a: -2 }, {}]],
  [
    'self.a / self.b == 2',
    [
      { a: 5, b: 2 },
      { a: 1, b: 0 },
      { a: -5, b: 2 },
    ],
  ],
  [
    'self.a % self.b == 1',
    [
      { a: 5, b: 2 },
      { a: 1, b: 0 },
      { a: -5, b: 2 },
    ],
  ],
  [
    'self.a + self.b > 0',
    [
      { a: 1, b: 1 },
      { a: 9007199254740991, b: 1 },
    ],
  ],
  ['self.a * self.b > 0', [{ a: 4611686018427388000, b: 4 }]],
  ['self.q > 1.5 && self.q * 2.0 < 10.0', [{ q: 2 }, { q: 1 }, { q: 4.5 }, { q: 5.5 }]],
  [
    'self.a < self.q',
    [
      { a: 1, q: 1.5 },
      { a: 2, q: 1.5 },
    ],
  ],
  [
    'double(self.a) / 2.0 == self.q',
    [
      { a: 3, q: 1.5 },
      { a: 3, q: 1 },
    ],
  ],
  [
    'int(self.q) == self.a',
    [
      { a: 1, q: 1.9 },
      { a: -1, q: -1.9 },
    ],
  ],
  [
    'int(self.s) == self.a',
    [
      { s: '5', a: 5 },
      { s: '-5', a: -5 },
      { s: 'x', a: 5 },
      { s: '', a: 0 },
    ],
  ],
  [
    "string(self.a) == self.s && string(self.on) == 'true'",
    [
      { a: 5, s: '5', on: true },
      { a: 5, s: '5', on: false },
    ],
  ],
  [
    'string(self.q) == self.s',
    [
      { q: 1.5, s: '1.5' },
      { q: 1, s: '1' },
      { q: 1e30, s: '1e+30' },
    ],
  ],
  [
    'self.on == (self.a == 1)',
    [
      { on: true, a: 1 },
      { on: false, a: 2 },
      { on: true, a: 2 },
    ],
  ],
  [
    'self.on ? self.a == 1 : self.b == 1',
    [
      { on: true, a: 1 },
      { on: false, a: 1 },
      { on: false, b: 1 },
    ],
  ],
  ['self.a == 1 || self.b == 1', [{ b: 1 }, { a: 1 }, { a: 2 }, {}]],
  ['self.a == 1 && self.b == 1', [{ b: 2 }, { a: 1 }, { a: 2 }]],
  ['has(self.deep.x) && self.deep.x.y == 1', [{ deep: { x: { y: 1 } } }, { deep: {} }, {}, { deep: { x: {} } }]],
  ['has(self.n)', [{ n: null }, { n: 1 }, {}]],
  ['!has(self.n) && self.a == 1', [{ n: null, a: 1 }]],
  [
    "self.x__dash__y == 'a' && self.namespace == 'b' && self.__namespace__ == 'b'",
    [{ 'x-y': 'a', namespace: 'b' }, { 'x-y': 'a' }],
  ],
  [
    'type(self.mixed) == int ? self.mixed < 5 : self.mixed.size() < 3',
    [{ mixed: 4 }, { mixed: 6 }, { mixed: 'ab' }, { mixed: 'abc' }],
  ],
  ['self.mixed > 1', [{ mixed: 2 }, { mixed: 'a' }]],
  ["self.mixed == '2'", [{ mixed: 2 }, { mixed: '2' }]],
  ['self.mixed.size() == 1', [{ mixed: 2 }, { mixed: '2' }]],
  [
    'self.texts.size() == 2 && self.texts[1] == self.s',
    [
      { texts: ['a', 'b'], s: 'b' },
      { texts: ['a', 'b'], s: 'a' },
    ],
  ],
  [
    'self.texts[2] == self.s',
    [
      { texts: ['a'], s: 'a' },
      { texts: [], s: 'a' },
    ],
  ],
  [
    'self.numbers[self.a] == 1',
    [
      { numbers: [1], a: 0 },
      { numbers: [1], a: -1 },
      { numbers: [1], a: 1 },
    ],
  ],
  [
    'self.map[self.s] == 1',
    [
      { map: { a: 1 }, s: 'a' },
      { map: { a: 1 }, s: 'b' },
    ],
  ],
  [
    'self.s in self.map && self.s in self.texts',
    [
      { map: { a: 1 }, texts: ['a'], s: 'a' },
      { map: {}, texts: ['a'], s: 'a' },
    ],
  ],
  ['self.map.all(k, self.map[k] > 1)', [{ map: { a: 2, b: 3 } }, { map: { a: 1, b: 3 } }, { map: {} }]],
  ["self.map.exists(k, k == 'a')", [{ map: { a: 2 } }, { map: { b: 2 } }]],
  ['self.map.all(k, v, k.size() == v)', [{ map: { a: 1, bb: 2 } }, { map: { a: 2 } }]],
  [
    'self.list.all(x, x.i > 1)',
    [{ list: [{ i: 2 }] }, { list: [{ i: 1 }, { i: 2 }] }, { list: [{}] }, { list: [{}, { i: 1 }] }],
  ],
  ['self.list.exists(x, x.i > 1)', [{ list: [{}, { i: 2 }] }, { list: [{}, { i: 1 }] }, { list: [] }]],
  [
    'self.list.exists_one(x, x.i > 1)',
    [{ list: [{ i: 2 }, { i: 1 }] }, { list: [{ i: 2 }, { i: 3 }] }, { list: [{}, { i: 2 }] }],
  ],
  [
    'self.list.map(x, x.i).sum() == self.a',
    [
      { list: [{ i: 2 }, { i: 1 }], a: 3 },
      { list: [], a: 0 },
      { list: [{}], a: 0 },
    ],
  ],
  [
    "self.list.filter(x, has(x.n) && x.n == 'a').size() == self.a",
    [
      { list: [{ n: 'a' }, {}], a: 1 },
      { list: [{ n: 'b' }], a: 1 },
    ],
  ],
  [
    'self.list.map(x, x.i > 1, x.n) == self.texts',
    [
      {
        list: [
          { n: 'a', i: 2 },
          { n: 'b', i: 1 },
        ],
        texts: ['a'],
      },
    ],
  ],
  [
    'self.list.transformList(i, v, v.i + i) == self.numbers',
    [
      { list: [{ i: 1 }, { i: 2 }], numbers: [1, 3] },
      { list: [], numbers: [1] },
    ],
  ],
  [
    'self.numbers.isSorted() && self.numbers.min() == 1 && self.numbers.max() == 3',
    [{ numbers: [1, 3] }, { numbers: [3, 1] }, { numbers: [] }],
  ],
  [
    'self.numbers.sum() == 6 && self.numbers.indexOf(2) == 1 && self.numbers.lastIndexOf(9) == -1',
    [{ numbers: [1, 2, 3] }, { numbers: [2, 2, 2] }],
  ],
  ['self.numbers.sort() == [1, 2] && self.numbers.reverse()[0] == 1', [{ numbers: [2, 1] }, { numbers: [1, 2] }]],
  [
    'self.numbers.distinct().size() == 2 && self.numbers.slice(0, 1) == [1]',
    [{ numbers: [1, 2, 1] }, { numbers: [2, 1] }, { numbers: [] }],
  ],
  ['self.numbers.first().orValue(7) == 7 && !self.numbers.last().hasValue()', [{ numbers: [] }, { numbers: [7] }]],
  [
    'self.set == self.texts',
    [
      { set: ['a', 'b'], texts: ['b', 'a'] },
      { set: ['a'], texts: ['b'] },
    ],
  ],
  [
    'self.texts == self.set',
    [
      { set: ['a', 'b'], texts: ['b', 'a'] },
      { set: ['a', 'b'], texts: ['a', 'b'] },
    ],
  ],
  [
    '(self.set + self.texts).size() == self.a',
    [
      { set: ['a'], texts: ['a', 'b'], a: 2 },
      { set: ['a'], texts: ['a', 'b'], a: 3 },
    ],
  ],
  ['(self.texts + self.texts).size() == self.a', [{ texts: ['a', 'b'], a: 4 }]],
  [
    'self.keyed.exists(x, x.k == self.s && x.v == 1)',
    [
      { keyed: [{ k: 'a', v: 1 }], s: 'a' },
      { keyed: [{ k: 'a' }], s: 'a' },
    ],
  ],
  ['(self.keyed + self.keyed).size() == self.keyed.size()', [{ keyed: [{ k: 'a', v: 1 }] }]],
  [
    'sets.contains(self.texts, [self.s]) && sets.equivalent(self.texts, self.set)',
    [
      { texts: ['a', 'a'], set: ['a'], s: 'a' },
      { texts: ['a'], set: ['a'], s: 'b' },
    ],
  ],
  [
    'sets.intersects(self.texts, self.set)',
    [
      { texts: ['a'], set: ['a', 'b'] },
      { texts: ['c'], set: ['a'] },
    ],
  ],
  ['self.?a.orValue(3) == 3 && self.?deep.?x.?y.orValue(4) == 4', [{}, { a: 3, deep: { x: { y: 4 } } }, { a: 4 }]],
  ['self.?a.optMap(v, v + 1).orValue(0) == self.b', [{ a: 1, b: 2 }, { b: 0 }, { a: 1, b: 1 }]],
  ['self.?deep.x.y.value() == 1', [{ deep: { x: { y: 1 } } }, { deep: {} }, {}]],
  [
    'self.map[?self.s].hasValue() && self.texts[?1].hasValue()',
    [
      { map: { a: 1 }, s: 'a', texts: ['x', 'y'] },
      { map: {}, s: 'a', texts: [] },
    ],
  ],
  [
    "self.time > timestamp('2024-01-01T00:00:00Z')",
    [{ time: '2024-01-01T00:00:00.001Z' }, { time: '2024-01-01T01:00:00+02:00' }],
  ],
  [
    "self.time - timestamp('2024-01-01T00:00:00Z') == duration('36h')",
    [{ time: '2024-01-02T12:00:00Z' }, { time: '2024-01-02T12:00:00.5Z' }],
  ],
  [
    'self.time.getFullYear() == 2024 && self.time.getMonth() == 1 && self.time.getDate() == 29 && self.time.getDayOfMonth() == 28 && self.time.getDayOfYear() == 59 && self.time.getDayOfWeek() == 4 && self.time.getHours() == 23 && self.time.getMinutes() == 5 && self.time.getSeconds() == 6 && self.time.getMilliseconds() == 7',
    [{ time: '2024-02-29T23:05:06.007Z' }],
  ],
  [
    "self.time.getHours('Europe/Berlin') == 0 && self.time.getHours('-01:30') == 21",
    [{ time: '2024-02-29T23:05:06Z' }],
  ],
  [
    "self.day < self.time && self.day == timestamp('2024-02-29T00:00:00Z')",
    [{ day: '2024-02-29', time: '2024-02-29T00:00:01Z' }],
  ],
  [
    'string(self.time) == self.s',
    [
      { time: '2024-02-29T23:05:06Z', s: '2024-02-29T23:05:06Z' },
      { time: '2024-02-29T23:05:06.5Z', s: '2024-02-29T23:05:06.5Z' },
    ],
  ],
  [
    "self.wait > duration('1h') && self.wait.getMinutes() == 90",
    [{ wait: '1h30m' }, { wait: '30m' }, { wait: '90m' }, { wait: '5400s' }],
  ],
  [
    'string(self.wait) == self.s',
    [
      { wait: '1h30m', s: '5400s' },
      { wait: '1500ms', s: '1.5s' },
    ],
  ],
  ["self.raw == b'abc' && size(self.raw) == 3", [{ raw: 'YWJj' }, { raw: 'YWI=' }]],
  ofTexts("self.s.startsWith('a') && self.s.endsWith('b') && self.s.contains('-')"),
  ofTexts('self.s.size() > 2'),
  ofTexts("self.s.matches('^[a-z]+$')"),
  ofTexts("self.s.matches('(?i)^A')"),
  ofTexts("self.s.find('[0-9]+') == '10'"),
  ofTexts("self.s.findAll('[0-9]+').size() == 4"),
  ofTexts('self.s.lowerAscii() == self.s && self.s.upperAscii() != self.s'),
  ofTexts("self.s.replace('a', 'xx') == 'xxbc'"),
  ofTexts("self.s.replace('', '-', 2) == '-a-bc'"),
  ofTexts("self.s.split('.').size() == 4 && self.s.split('.', 2)[1] == '0.0.1'"),
  ofTexts("self.s.substring(1) == 'bc' && self.s.substring(0, 1) == 'a'"),
  ofTexts("self.s.charAt(1) == 'b'"),
  ofTexts("self.s.indexOf('b') == 1 && self.s.lastIndexOf('b') == 1 && self.s.indexOf('') == 0"),
  ofTexts("self.s.indexOf('b', 2) == -1"),
  ofTexts("(' ' + self.s + ' ').trim() == self.s"),
  ofTexts("'%s!'.format([self.s]) == 'abc!'"),
  ofTexts('strings.quote(self.s) == \'"abc"\''),
  ofTexts('isURL(self.s)'),
  ofTexts(
    "url(self.s).getHost() == 'h:1' && url(self.s).getHostname() == 'h' && url(self.s).getPort() == '1' && url(self.s).getScheme() == 'https'",
  ),
  ofTexts("url(self.s).getEscapedPath() == '/p' && url(self.s).getQuery() == {'q': ['1']}"),
  ofTexts('isIP(self.s) || isCIDR(self.s)'),
  ofTexts('ip(self.s).family() == 4'),
  ofTexts('ip(self.s).isLoopback() || ip(self.s).isGlobalUnicast()'),
  ofTexts("cidr('10.0.0.0/8').containsIP(self.s)"),
  ofTexts(
    "cidr(self.s).prefixLength() == 8 && cidr(self.s).containsCIDR('10.1.0.0/16') && string(cidr(self.s).masked()) == '10.0.0.0/8'",
  ),
  ofTexts('isQuantity(self.s)'),
  ofTexts("quantity(self.s).isGreaterThan(quantity('1'))"),
  ofTexts("quantity(self.s).add(quantity('500m')).compareTo(quantity('2')) == 0"),
  ofTexts('quantity(self.s).isInteger() || sign(quantity(self.s)) == 1'),
  ofTexts('isSemver(self.s)'),
  ofTexts("semver(self.s).isLessThan(semver('1.2.4')) && semver(self.s).minor() == 2"),
  ofTexts('!format.dns1123Label().validate(self.s).hasValue()'),
  ofTexts("format.dns1123Label().validate(self.s).orValue(['none']).size() == 1"),
  ofTexts("duration(self.s) > duration('1s')"),
  ofTexts("timestamp(self.s) > timestamp('2024-01-01T00:00:00Z')"),
  ofTexts('bool(self.s)'),
  ofTexts('double(self.s) > 1.0'),
  ofTexts("self.s < 'b' && self.s > 'a'"),
  ofTexts('bytes(self.s).size() == 3'),
  ['[?self.?a, 2].size() == self.b', [{ a: 1, b: 2 }, { b: 1 }, { b: 2 }]],
  ['[?self.?a, ?self.?b, 2] == self.numbers', [{ a: 1, numbers: [1, 2] }, { numbers: [2] }, { b: 1, numbers: [2] }]],
  ["{?'x': self.?a, 'y': 1} == {'y': 1}", [{}, { a: 1 }]],
  ["{'x': 1, ?'x': self.?a}.size() == 1", [{}, { a: 2 }]],
  ['[?self.?n].size() == 0', [{ n: null }, { n: 1 }, {}]],
  [
    "[?self.map[?'a'], ?self.texts[?1].optMap(t, t.size())].sum() == 3",
    [{ map: { a: 1 }, texts: ['', 'ab'] }, {}, { map: {}, texts: [] }],
  ],
  [
    '1 < self.a == self.on',
    [
      { a: 2, on: true },
      { a: 1, on: true },
    ],
  ],
  [
    "bytes(self.s) == b'ä\\xc3\\244' && self.t == r'\\x'",
    [
      { s: 'ää', t: '\\x' },
      { s: 'ä', t: 'x' },
    ],
  ],
  [
    "'%s'.format([self.texts]) == self.s",
    [
      { texts: ['a', 'é'], s: '["a", "é"]' },
      { texts: ['a'], s: 'a' },
    ],
  ],
  [
    "'%s'.format([{'b': self.q, 'a': self.wait}]) == self.s + self.t",
    [{ q: 1.5, wait: '90s', s: '{"a":duration("90s"), "', t: 'b":1.500000}' }],
  ],
  ["'%.2f %d'.format([self.q * 1000.0, self.a]) == self.s", [{ q: 1.5, a: 1234, s: '1,500.00 1234' }]],
  [
    "'%e'.format([self.q]) == self.s",
    [
      { q: 1.5, s: '1.500000×10⁰⁰' },
      { q: 0.00025, s: '2.500000×10⁻⁰⁴' },
    ],
  ],
  [
    '-self.a - -1 == --self.b',
    [
      { a: 1, b: 0 },
      { a: 1, b: 1 },
    ],
  ],
];

type Ruled = [rule: string, values: Body[]];

const nameOf = (index: number): string => `r${index}`;

function definitionOf(ruled: readonly Ruled[]): Body {
  const fields = ruled.map(([rule], index) => [
    nameOf(index),
    { type: 'object', properties, 'x-kubernetes-validations': [{ rule }] },
  ]);
  return thingDefinition(Object.fromEntries(fields));
}

/** Nothing is kept of what is asked. */
function caseOf(ruled: readonly Ruled[]): Case {
  const asked = ruled.flatMap(([, values], index) =>
    values.map((value) => post(things('v1'), thing({ [nameOf(index)]: value }), { query: { dryRun: 'All' } })),
  );
  return {
    name: `rules from ${ruled[0]?.[0]} on`,
    steps: [post(definitions, definitionOf(ruled), { settles: 'definition' }), ...asked],
  };
}

/** As many as a definition may have for what upstream thinks that they cost. */
const TOGETHER = 14;

const cases = RULED.flatMap((_, index) =>
  index % TOGETHER === 0 ? [caseOf(RULED.slice(index, index + TOGETHER))] : [],
);

export const ruledGroups: Readonly<Record<string, Case[]>> = { 'what rules come to': cases, ...grammarGroups };
