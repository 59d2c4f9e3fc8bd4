/** Patches of every kind, one by one. */

import { widget } from './objects.ts';
import { made, maps, merge, one, raw } from './protocol-steps.ts';
import { type Case, create, pathOf } from './single-changes.ts';

export const patchCases: Case[] = [
  one('a patch of nothing', { method: 'PATCH', path: `${maps}/a`, body: {}, contentType: merge }),
  one('a patch without a type', made, { method: 'PATCH', path: `${maps}/a`, body: {} }),
  one('a patch of an unknown type', made, {
    method: 'PATCH',
    path: `${maps}/a`,
    body: {},
    contentType: 'application/nonsense',
  }),
  ...[
    '',
    'x',
    '[]',
    '5',
    'null',

    '{"metadata":{"name":"b"}}',
    '{"metadata":{"namespace":"b"}}',
    '{"metadata":{"resourceVersion":"1"}}',
    '{"metadata":{"uid":"x"}}',
    '{"metadata":{"labels":null,"annotations":{"note":null}}}',
    '{"metadata":{"creationTimestamp":null}}',
    '{"metadata":{"generation":9}}',
    '{"metadata":{"deletionTimestamp":"2020-01-01T00:00:00Z"}}',
    '{"metadata":{"managedFields":[]}}',
    '{"metadata":{"managedFields":[{}]}}',
    '{"metadata":{"labels":{"a b":"c"}}}',
    '{"metadata":{"nonsense":1}}',
    '{"metadata":{"finalizers":["x"]}}',
    '{"metadata":{"generateName":"x"}}',
    '{"metadata":null}',
  ].flatMap((text) => [
    one(`the merge patch ${text}`, made, raw('PATCH', `${maps}/a`, text, merge)),
    one(`the strategic patch ${text}`, made, raw('PATCH', `${maps}/a`, text, 'application/strategic-merge-patch+json')),
    one(`the merge patch of a widget ${text}`, create(widget, 'a'), raw('PATCH', `${pathOf(widget)}/a`, text, merge)),
  ]),
  ...[
    '',
    'x',
    '{}',
    '[]',
    '[{}]',
    '[{"op":"add"}]',
    '[{"op":"nonsense","path":"/data/a"}]',

    '[{"op":"add","path":"/x/y/z","value":"b"}]',

    '[{"op":"remove","path":"/nonsense"}]',
    '[{"op":"replace","path":"/metadata/name","value":"b"}]',
    '[{"op":"test","path":"/metadata/name","value":"b"}]',

    '[{"op":"remove","path":""}]',
    '[{"op":"replace","path":"","value":{}}]',
    '[{"op":"add","path":"/metadata/finalizers/-","value":"a.b/c"}]',
    '[{"op":"add","path":"/metadata/finalizers","value":["a.b/c"]},{"op":"add","path":"/metadata/finalizers/0","value":"a.b/d"}]',
    '[{"op":"add","path":"/metadata/labels/a~1b","value":"c"}]',

    '[{"op":"move","from":"/data/a","path":"/data/b"}]',
    '[{"op":"add","path":"/data/n","value":5}]',
  ].map((text) => one(`the JSON patch ${text}`, made, raw('PATCH', `${maps}/a`, text, 'application/json-patch+json'))),
  one('a strategic patch of a widget', create(widget, 'a'), {
    method: 'PATCH',
    path: `${pathOf(widget)}/a`,
    body: {},
    contentType: 'application/strategic-merge-patch+json',
  }),
  ...[
    '',
    'x',
    '[]',
    '{}',
    '{"apiVersion":"v1","kind":"ConfigMap"}',
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"}}',
    '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}',
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","managedFields":[{"manager":"x"}]}}',
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","resourceVersion":"1"}}',
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","uid":"x"}}',
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"nonsense":1}',
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: "2"\n',
  ].flatMap((text) => [
    one(
      `the apply ${text}`,
      made,
      raw('PATCH', `${maps}/a`, text, 'application/apply-patch+yaml', { fieldManager: 'm' }),
    ),
    one(
      `the apply of nothing ${text}`,
      raw('PATCH', `${maps}/a`, text, 'application/apply-patch+yaml', { fieldManager: 'm' }),
    ),
  ]),
  one(
    'an apply without a manager',
    raw(
      'PATCH',
      `${maps}/a`,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}',
      'application/apply-patch+yaml',
    ),
  ),
  one('force without an apply', made, {
    method: 'PATCH',
    path: `${maps}/a`,
    body: {},
    contentType: merge,
    query: { force: true },
  }),
  one(
    'a bad force',
    made,
    raw(
      'PATCH',
      `${maps}/a`,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}',
      'application/apply-patch+yaml',
      { fieldManager: 'm', force: 'x' },
    ),
  ),
];
