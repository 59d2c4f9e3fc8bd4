/** Numbers of custom resources that are not of the type and format that the schema wants. */

import type { Body } from './objects.ts';
import { raw } from './protocol-steps.ts';
import { definitions, things } from './settle-definition.ts';
import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';
import { thingDefinition } from './thing-definition.ts';

const fields: Body = {
  plain: { type: 'integer' },
  small: { type: 'integer', format: 'int32' },
  large: { type: 'integer', format: 'int64' },
  odd: { type: 'integer', format: 'uint32' },
  single: { type: 'number', format: 'float' },
  time: { type: 'string', format: 'date-time' },
  bounded: { type: 'integer', format: 'int32', minimum: 0, maximum: 3_000_000_000 },
  halved: { type: 'integer', maximum: 2.5 },
  either: { 'x-kubernetes-int-or-string': true },
  map: { type: 'object', additionalProperties: { type: 'integer', format: 'int32' } },
  list: { type: 'array', items: { type: 'integer', format: 'int32' } },
  nothing: { type: 'integer', format: 'date' },
};
const definition: Step = {
  method: 'POST',
  path: definitions,
  body: thingDefinition({ spec: { type: 'object', properties: fields } }),
  settles: 'definition',
  opaque: true,
};

const SPECS = [
  '{"small":2147483647}',
  '{"small":2147483648}',
  '{"small":-2147483648}',
  '{"small":-2147483649}',
  '{"small":2.5}',
  '{"small":true}',
  '{"small":{}}',
  '{"small":[]}',
  '{"small":"x"}',
  '{"small":1e19}',
  '{"plain":1e19}',
  '{"plain":-1e19}',
  '{"plain":true}',
  '{"large":1e19}',
  '{"large":2.5}',
  '{"large":2147483648}',
  '{"odd":-1}',
  '{"odd":2.5}',
  '{"odd":true}',
  '{"single":1e39}',
  '{"single":1e38}',
  '{"single":true}',
  '{"time":5}',
  '{"time":2.5}',
  '{"time":{}}',
  '{"time":"x"}',
  '{"bounded":1}',
  '{"bounded":2147483648}',
  '{"halved":1}',
  '{"either":1e19}',
  '{"either":2.5}',
  '{"map":{"a":1,"b":3000000000}}',
  '{"list":[1,3000000000]}',
  '{"nothing":"x"}',
];

const sent = (spec: string, index: number): Step =>
  raw(
    'POST',
    things('v1'),
    `{"apiVersion":"<<namespace>>.example.com/v1","kind":"Thing","metadata":{"name":"a${index}"},"spec":${spec}}`,
  );

const defaulted = (value: number): Case => ({
  name: `the default ${value}`,
  steps: [
    {
      method: 'POST',
      path: definitions,
      body: thingDefinition({
        spec: { type: 'object', properties: { small: { type: 'integer', format: 'int32', default: value } } },
      }),
      opaque: true,
    },
  ],
});

export const numberFormatGroups: Readonly<Record<string, Case[]>> = {
  'formats of numbers': [
    { name: 'each in a custom resource', steps: [definition, ...SPECS.map(sent)] },
    ...[1, 3_000_000_000].map(defaulted),
  ],
};
