/** Numbers in JSON and YAML that mean an integer and are not written as one, or are written as one and are none. */

import { type Body, deployment, objectOf, pod, service, widget } from './objects.ts';
import { get, maps, merge, one, raw } from './protocol-steps.ts';
import { type Case, create, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

/** Stands for a number as it is to be written. */
const N = '<n>';
const withNumber = (body: unknown, number: string): string => JSON.stringify(body).replaceAll(`"${N}"`, number);

const NUMBERS = ['1.0', '1e1', '2E+0', '-0', '1.50', '20e-1', '9223372036854775808', '1e400'];
/** Quantities of these are kept as they are written upstream. */
const BEYOND = ['2E+0', '9223372036854775808', '1e400'];
const FEW = ['2.0', '1e1'];

const pods = '/api/v1/namespaces/<<namespace>>/pods';
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const { spec: deploymentSpec } = deployment.base as { spec: Body };

/** Where numbers are in built-in kinds. */
const places: [name: string, path: string, body: Body][] = [
  ['int32', pathOf(deployment), objectOf(deployment, 'a', { spec: { ...deploymentSpec, replicas: N } })],
  [
    'several',
    pathOf(deployment),
    objectOf(deployment, 'a', { spec: { ...deploymentSpec, minReadySeconds: N, replicas: N } }),
  ],
  [
    'an integer or text',
    pathOf(deployment),
    objectOf(deployment, 'a', {
      spec: { ...deploymentSpec, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: N } } },
    }),
  ],
  [
    'in a list',
    pathOf(service),
    objectOf(service, 'a', {
      spec: {
        ports: [
          { port: 80, targetPort: N },
          { name: 'b', port: N },
        ],
      },
    }),
  ],
  ['metadata', maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', generation: N } }],
  ['what is no number', maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: N } }],
  ['what is not there', maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, nothing: N }],
  [
    'a custom resource',
    pathOf(widget),
    objectOf(widget, 'a', { metadata: { generation: N }, spec: { size: N, free: { a: N, b: [N] }, list: [N] } }),
  ],
  [
    'a quantity',
    `${pods}`,
    objectOf(pod, 'a', { spec: { containers: [{ name: 'a', image: 'i', resources: { limits: { cpu: N } } }] } }),
  ],
  [
    'a schema',
    definitions,
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'numbers.conformance.example.com' },
      spec: {
        group: 'conformance.example.com',
        scope: 'Namespaced',
        names: { kind: 'Number', plural: 'odd' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: { type: 'object', minimum: N, properties: { a: { type: 'string', maxLength: N } } },
            },
          },
        ],
      },
    },
  ],
  [
    'a token',
    '/api/v1/namespaces/<<namespace>>/serviceaccounts/missing/token',
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: N } },
  ],
  [
    'an eviction',
    `${pods}/missing/eviction`,
    {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'missing' },
      deleteOptions: { gracePeriodSeconds: N },
    },
  ],
];

const strategic = 'application/strategic-merge-patch+json';
const jsonPatch = 'application/json-patch+json';
const apply = 'application/apply-patch+yaml';
const patch = (path: string, contentType: string, body: unknown, number: string, query: Step['query'] = {}): Step =>
  raw('PATCH', path, withNumber(body, number), contentType, query);

const replicas = { spec: { replicas: N } };
const scale = {
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  metadata: { name: 'a', namespace: '<<namespace>>' },
  ...replicas,
};
const changes = (number: string): Case[] =>
  [deployment, widget].flatMap((kind) => {
    const path = `${pathOf(kind)}/a`;
    const { apiVersion } = kind;
    const field = kind === widget ? 'size' : 'replicas';
    const sized = { spec: { [field]: N } };
    const operations = [{ op: 'add', path: `/spec/${field}`, value: N }];
    const applied = { apiVersion, kind: kind.kind, metadata: { name: 'a' }, ...sized };
    const steps: Step[] = [
      patch(path, merge, sized, number),
      patch(path, merge, { ...sized, odd: 1 }, number, { fieldValidation: 'Ignore' }),
      patch(path, jsonPatch, operations, number, { fieldValidation: 'Strict' }),
      patch(path, strategic, sized, number),
      patch(path, apply, applied, number, { fieldManager: 'm', force: true }),
      patch(`${path}/scale`, merge, replicas, number),
      raw('PUT', `${path}/scale`, withNumber(scale, number)),
      raw('DELETE', path, withNumber({ gracePeriodSeconds: N }, number)),
    ];
    return steps.map((step, index) =>
      one(`${number} in change ${index} of a ${kind.kind}`, create(kind, 'a'), step, get(path)),
    );
  });

const inYaml: Case[] = FEW.map((number) =>
  one(
    `${number} in YAML`,
    raw('POST', pathOf(deployment), withNumber(places[0]?.[2], number), 'application/yaml'),
    raw('POST', pathOf(widget), withNumber(places[7]?.[2], number), 'application/yaml'),
  ),
);

const GREATEST = '9223372036854775807';
const patient = withNumber(
  objectOf(pod, 'a', { spec: { containers: [{ name: 'a', image: 'i' }], terminationGracePeriodSeconds: N } }),
  GREATEST,
);
const labelled = '{"metadata":{"labels":{"a":"b"}}}';
const deployments = pathOf(deployment);
const atEnds: Case[] = [
  one(
    'the greatest integer in a pod',
    raw('POST', pods, patient),
    raw('PATCH', `${pods}/a`, labelled, merge),
    raw('PATCH', `${pods}/a`, '{"metadata":{"labels":{"a":"c"}}}', strategic),
    get(`${pods}/a`, {}, { accept: 'application/yaml' }),
    get(`${pods}/a`, {}, { accept: 'application/vnd.kubernetes.protobuf' }),
    raw('DELETE', `${pods}/a`, withNumber({ gracePeriodSeconds: N }, GREATEST)),
  ),
  one('the greatest integer in YAML', raw('POST', pods, patient, 'application/yaml'), get(`${pods}/a`)),
  ...[GREATEST, '-9223372036854775808', '9223372036854775808'].map((number) =>
    one(
      `${number} in a patch`,
      create(deployment, 'a'),
      patch(
        `${deployments}/a`,
        jsonPatch,
        [{ op: 'add', path: '/spec/template/spec/terminationGracePeriodSeconds', value: N }],
        number,
      ),
      get(`${deployments}/a`),
      patch(`${deployments}/a`, merge, { metadata: { generation: N } }, number),
    ),
  ),
];

const tooLarge: Case[] = ['Ignore', 'Warn'].flatMap((fieldValidation) =>
  ['1E400', '[{"a":-1e999}]', '1e308'].map((value) =>
    one(
      `${value} in patches, ${fieldValidation}`,
      create(widget, 'a'),
      raw('PATCH', `${pathOf(widget)}/a`, `[{"op":"add","path":"/spec/free","value":{"a":${value}}}]`, jsonPatch, {
        fieldValidation,
      }),
      raw('PATCH', `${pathOf(widget)}/a`, `[{"op":"test","path":"/kind","value":${value}}]`, jsonPatch, {
        fieldValidation,
      }),
      raw('PATCH', `${pathOf(widget)}/a`, `{"spec":{"free":{"a":${value}}}}`, merge, { fieldValidation }),
      get(`${pathOf(widget)}/a`),
    ),
  ),
);

export const numberGroups: Readonly<Record<string, Case[]>> = {
  'numbers as they are written': [
    ...places.flatMap(([name, path, body]) =>
      NUMBERS.filter((number) => name !== 'a quantity' || !BEYOND.includes(number)).map((number) =>
        one(`${number} for ${name}`, raw('POST', path, withNumber(body, number))),
      ),
    ),
    ...[...FEW, '1.50'].flatMap(changes),
    ...inYaml,
  ],
  'the ends of integers': [...atEnds, ...tooLarge],
};
