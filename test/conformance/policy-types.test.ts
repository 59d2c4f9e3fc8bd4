/** The status of policies, which a controller writes a moment after they are written: it says of their expressions what upstream's controller does. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBinaries } from '../kube/binaries.ts';
import { made, NAME, type PlainKind, patched } from './kind-steps.ts';
import { play, type Tally } from './play.ts';
import { type ServerPair, startServerPair } from './servers.ts';
import type { Step } from './step.ts';

const binaries = await ensureBinaries();

const rule = (apiGroups: string[], resources: string[]) => ({
  apiGroups,
  apiVersions: ['v1'],
  operations: ['CREATE'],
  resources,
});
const deployments = { resourceRules: [rule(['apps'], ['deployments'])] };
const policy: PlainKind = {
  kind: 'ValidatingAdmissionPolicy',
  apiVersion: 'admissionregistration.k8s.io/v1',
  resource: 'validatingadmissionpolicies',
  base: { spec: { matchConstraints: deployments, validations: [{ expression: 'true' }] } },
};
const checked = (generation: number): Step => ({
  method: 'GET',
  path: `/apis/${policy.apiVersion}/${policy.resource}/${NAME}`,
  until: { status: 200, text: `"observedGeneration":${generation}` },
  isRewritten: true,
});
const written = (step: Step): Step => ({ ...step, isUncompared: true });

const EXPRESSIONS = [
  'object.spec.replicas > 1',
  'object.spec.foo == 1',
  'object.spec.replicas == "a"',
  'object.metadata.name.startsWith("a") && object.metadata.labels.a == "b"',
  'object.metadata.creationTimestamp < timestamp("2024-01-01T00:00:00Z")',
  'object.spec.template.spec.containers.all(c, c.image.foo == 1)',
  'object.spec.template.spec.containers.all(c, c.resources.limits["cpu"] == "1")',
  'object.spec.strategy.rollingUpdate.maxSurge == 1',
  'object.spec.template.spec.containers[0].ports[0].containerPort == "a"',
  'oldObject.spec.foo == object.spec.bar',
  'object.metadata.managedFields[0].fieldsV1.foo == 1',
  'object.spec.template.spec.volumes.exists(v, v.secret.secretName == "x" && v.emptyDir.sizeLimit == "1")',
  'has(object.spec.foo)',
  'object.metadata.namespace == 1 || object.metadata.annotations["a"] == 1',
  'object.metadata.ownerReferences[0].controller == 1',
  'dyn(object).foo == 1',
  'variables.count == "a" && variables.none == 1',
  'object.foo == 1\n  && object.bar == 2',
  'params.foo == 1 && params.data.x == 1',
];

const matching = (...resourceRules: object[]) => ({ matchConstraints: { resourceRules } });
const foo = { validations: [{ expression: 'object.foo == 1', messageExpression: '"a" + object.bar' }] };
const SPECS: Record<string, object> = {
  ...Object.fromEntries(
    EXPRESSIONS.map((expression) => [
      expression,
      {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        variables: [
          { name: 'count', expression: 'object.spec.replicas' },
          { name: 'none', expression: 'object.none' },
        ],
        validations: [{ expression }],
      },
    ]),
  ),
  'several kinds': {
    ...matching(rule(['apps'], ['deployments', 'statefulsets']), rule([''], ['pods', 'pods/status', 'nope'])),
    ...foo,
  },
  'no group': { ...matching(rule([''], ['events'])), ...foo },
  'all kinds': { ...matching(rule(['*'], ['pods']), rule([''], ['*'])), ...foo },
  'one and many': { ...matching(rule(['apps'], ['deployment', 'StatefulSets'])), ...foo },
  'unknown parameters': {
    paramKind: { apiVersion: 'x.io/v1', kind: 'Nope' },
    validations: [{ expression: 'params.foo == 1' }],
  },
  bytes: { ...matching(rule([''], ['secrets'])), validations: [{ expression: 'object.data.x == "a"' }] },
  'types within themselves': {
    ...matching(rule(['apiextensions.k8s.io'], ['customresourcedefinitions'])),
    validations: [
      { expression: 'object.spec.versions[0].schema.openAPIV3Schema.properties["a"].properties["b"].foo == 1' },
    ],
  },
};

describe.runIf('dir' in binaries)('the types of a policy are checked as upstream does', () => {
  let pair: ServerPair;
  const tally: Tally = { sequences: 0, requests: 0 };
  beforeAll(async () => {
    pair = await startServerPair({ hasControllers: true });
  });
  afterAll(() => pair?.stop());

  test.each(Object.entries(SPECS))('%s', async (_name, spec) => {
    const steps = [
      written(made(policy, { spec })),
      checked(1),
      written(patched(policy, { spec: { validations: [{ expression: 'object.baz == 1' }] } })),
      checked(2),
      written({ ...patched(policy, {}), method: 'DELETE', body: undefined }),
    ];
    expect((await play(pair, steps, tally))?.report).toBeUndefined();
  });
});
