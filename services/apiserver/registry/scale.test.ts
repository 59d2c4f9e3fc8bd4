import { expect, test } from 'vitest';
import { cronTabDefinition } from '../types/crd-fixture.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { hasReplicas, withReplicas } from './scale.ts';

function scaledBy(specReplicasPath: string): ResourceDefinition {
  const definition = cronTabDefinition();
  const verbs = ['get', 'update', 'patch'];
  const scale = { name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs };
  return {
    ...definition,
    subresources: [{ ...scale, scalePaths: { specReplicasPath, statusReplicasPath: '.status.n' } }],
  };
}

const object = { apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: { name: 'a' } };

test.each(['.spec.replicas', '.spec.__proto__.replicas', '.spec.constructor.prototype.replicas'])(
  "replicas at %s are the object's alone",
  (path) => {
    const definition = scaledBy(path);
    const scaled = withReplicas(definition, { ...object, spec: {} }, 3);
    expect('replicas' in {}).toBe(false);
    expect(hasReplicas(definition, scaled)).toBe(true);
    expect(hasReplicas(definition, { ...object, spec: {} })).toBe(false);
  },
);
