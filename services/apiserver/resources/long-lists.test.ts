import { expect, test } from 'vitest';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { validateRule } from './admission-rules.ts';
import { validateExtendedClaim } from './extended-claim-status.ts';
import { conditionTypeCauses } from './flow-control/condition-types.ts';
import { nodeStrategy } from './nodes.ts';
import { prepareStatus } from './pod-status.ts';
import { validateConditions } from './validate-conditions.ts';
import { validateService } from './validate-service.ts';
import { webhookConfigurationStrategy } from './webhook-configurations.ts';

/** Lists so long that looking through them for each of their items would not end. */
const LENGTH = 40_000;
const again = <T>(item: (n: number) => T): T[] => [...Array.from({ length: LENGTH }, (_, n) => item(n)), item(0)];
const object = (content: object): Unstructured => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'x' },
  ...content,
});

const container = (n: number) => ({ name: `c${n}`, resources: { requests: { 'a.b/c': '1' } } });
const duplicateAt = (...fields: string[]) =>
  fields.map((field) => expect.objectContaining({ reason: 'FieldValueDuplicate', field }));

test.each<[string, () => StatusCause[] | undefined, unknown[]]>([
  [
    'conditions',
    () =>
      validateConditions(
        again((n) => ({ type: `t${n}`, status: 'True', reason: 'R', lastTransitionTime: 'now' })),
        'conditions',
      ),
    duplicateAt(`conditions[${LENGTH}].type`),
  ],
  [
    'conditions of flow control',
    () => conditionTypeCauses(object({ status: { conditions: again((n) => ({ type: `t${n}` })) } })),
    duplicateAt(`status.conditions[${LENGTH}].type`),
  ],
  [
    'mappings of a claim',
    () =>
      validateExtendedClaim(
        {
          resourceClaimName: 'r',
          requestMappings: again((n) => ({ containerName: `c${n}`, resourceName: 'a.b/c', requestName: 'r' })),
        },
        { containers: again(container) },
      ),
    duplicateAt(
      ...['containerName', 'resourceName', 'requestName'].map(
        (name) => `status.extendedResourceClaimStatus.requestMappings[${LENGTH}].${name}`,
      ),
    ),
  ],
  [
    'ports of a service',
    () =>
      validateService(
        object({
          spec: {
            type: 'ExternalName',
            externalName: 'a.b',
            ports: again((n) => ({ name: `p${n}`, port: 1 + (n % 9), protocol: 'TCP' })),
          },
        }),
        undefined,
      ).filter(({ field }) => field?.endsWith('.name')),
    duplicateAt(`spec.ports[${LENGTH}].name`),
  ],
  [
    'taints of a node',
    () => nodeStrategy.validate?.(object({ spec: { taints: again((n) => ({ key: `k${n}`, effect: 'NoSchedule' })) } })),
    duplicateAt(`metadata.taints[${LENGTH}]`),
  ],
  [
    'names of webhooks',
    () =>
      webhookConfigurationStrategy
        .validateCreate?.(object({ webhooks: again((n) => ({ name: `w${n}.b.c` })) }))
        .filter(({ reason }) => reason === 'FieldValueDuplicate'),
    duplicateAt(`webhooks[${LENGTH}].name`),
  ],
])('%s: what is there twice is found', (_what, validate, expected) => {
  expect(validate()).toEqual(expected);
});

test('resources of a rule that those before them cover are found', () => {
  const resources = ['*/status', ...again((n) => `r${n}/scale`), 'r0/status'];
  const rule = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources };
  expect(validateRule(rule, 'rule')).toEqual([
    expect.objectContaining({
      field: `rule.resources[${resources.length - 1}]`,
      message: expect.stringContaining("if '*/status' is present, must not specify r0/status"),
    }),
  ]);
});

test('conditions of a pod keep up to where they looked at it, the first of a type that of the first', () => {
  const conditions = again((n) => ({ type: `t${n}`, observedGeneration: n + 1 })).map((one, at) =>
    at === LENGTH ? { ...one, observedGeneration: 7 } : one,
  );
  const pod = object({ status: { conditions: conditions.map(({ type }) => ({ type })) } });
  prepareStatus(pod, object({ status: { conditions } }));
  expect(JSON.stringify(pod['status'])).toBe(JSON.stringify({ conditions }));
});
