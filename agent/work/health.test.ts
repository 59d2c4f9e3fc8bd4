import { describe, expect, test } from 'vitest';
import { healthOf } from './health.ts';
import { statusBody } from './status-body.ts';

describe('the health of', () => {
  test.each<[string, string, string, object, 'Healthy' | 'Unhealthy']>([
    [
      'a Deployment that is rolled out',
      'apps/v1',
      'Deployment',
      { spec: { replicas: 2 }, status: { observedGeneration: 2, updatedReplicas: 2, availableReplicas: 2 } },
      'Healthy',
    ],
    [
      'a Deployment whose new spec is not seen',
      'apps/v1',
      'Deployment',
      { spec: { replicas: 2 }, status: { observedGeneration: 1, updatedReplicas: 2, availableReplicas: 2 } },
      'Unhealthy',
    ],
    [
      'a Deployment that is still updating',
      'apps/v1',
      'Deployment',
      { spec: { replicas: 2 }, status: { observedGeneration: 2, updatedReplicas: 1, availableReplicas: 2 } },
      'Unhealthy',
    ],
    [
      'a Deployment without available pods',
      'apps/v1',
      'Deployment',
      { spec: {}, status: { observedGeneration: 2, updatedReplicas: 1 } },
      'Unhealthy',
    ],
    ['a Deployment without a status', 'apps/v1', 'Deployment', { spec: {} }, 'Unhealthy'],
    [
      'a StatefulSet that is rolled out',
      'apps/v1',
      'StatefulSet',
      { spec: {}, status: { observedGeneration: 2, updatedReplicas: 1, availableReplicas: 1 } },
      'Healthy',
    ],
    [
      'a ReplicaSet that lacks pods',
      'apps/v1',
      'ReplicaSet',
      { spec: { replicas: 2 }, status: { observedGeneration: 2, availableReplicas: 1 } },
      'Unhealthy',
    ],
    [
      'a DaemonSet on every node',
      'apps/v1',
      'DaemonSet',
      { status: { observedGeneration: 2, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 } },
      'Healthy',
    ],
    [
      'a DaemonSet that lacks a node',
      'apps/v1',
      'DaemonSet',
      { status: { observedGeneration: 2, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 2 } },
      'Unhealthy',
    ],
    ['a Service', 'v1', 'Service', { spec: { type: 'ClusterIP' }, status: {} }, 'Healthy'],
    [
      'a LoadBalancer without an address',
      'v1',
      'Service',
      { spec: { type: 'LoadBalancer' }, status: { loadBalancer: {} } },
      'Unhealthy',
    ],
    [
      'a LoadBalancer with a name',
      'v1',
      'Service',
      { spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{ hostname: 'h' }] } } },
      'Healthy',
    ],
    ['an Ingress without an address', 'networking.k8s.io/v1', 'Ingress', { status: {} }, 'Unhealthy'],
    ['a bound claim', 'v1', 'PersistentVolumeClaim', { status: { phase: 'Bound' } }, 'Healthy'],
    ['a pending claim', 'v1', 'PersistentVolumeClaim', { status: { phase: 'Pending' } }, 'Unhealthy'],
    ['a pod that is done', 'v1', 'Pod', { status: { phase: 'Succeeded' } }, 'Healthy'],
    [
      'a running pod that is not ready',
      'v1',
      'Pod',
      { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] } },
      'Unhealthy',
    ],
    [
      'a running pod that is ready',
      'v1',
      'Pod',
      { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
      'Healthy',
    ],
    [
      'a disruption budget that is short',
      'policy/v1',
      'PodDisruptionBudget',
      { status: { currentHealthy: 1, desiredHealthy: 2 } },
      'Unhealthy',
    ],
    [
      'a CRD that is not established',
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      { status: {} },
      'Unhealthy',
    ],
    ['a kind without a rule', 'example.com/v1', 'Deployment', {}, 'Healthy'],
  ])('%s is right', (_name, apiVersion, kind, fields, expected) => {
    expect(healthOf({ apiVersion, kind, metadata: { name: 'a', generation: 2 }, ...fields })).toBe(expected);
  });
});

describe('the reported status of', () => {
  const annotations = { 'resourcetemplate.karmada.io/generation': '7' };

  test.each<[string, string, string, object, object | undefined]>([
    [
      'a Deployment has the generations and no conditions',
      'apps/v1',
      'Deployment',
      { status: { replicas: 1, observedGeneration: 2, conditions: [{}] } },
      { generation: 2, resourceTemplateGeneration: 7, replicas: 1, observedGeneration: 2 },
    ],
    [
      'a Service that is no load balancer is none',
      'v1',
      'Service',
      { spec: { type: 'NodePort' }, status: { loadBalancer: {} } },
      undefined,
    ],
    [
      'a load balancer is its addresses',
      'v1',
      'Service',
      { spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [] }, conditions: [] } },
      { loadBalancer: { ingress: [] } },
    ],
    [
      'an autoscaler is its replicas',
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      { status: { currentReplicas: 1, desiredReplicas: 2, conditions: [] } },
      { currentReplicas: 1, desiredReplicas: 2 },
    ],
    ['any other kind is all of it', 'example.com/v1', 'Foo', { status: { a: 1 } }, { a: 1 }],
    ['a kind without a status is none', 'v1', 'ConfigMap', { data: {} }, undefined],
  ])('%s', (_name, apiVersion, kind, fields, expected) => {
    expect(statusBody({ apiVersion, kind, metadata: { name: 'a', generation: 2, annotations }, ...fields })).toEqual(
      expected,
    );
  });

  test('a Deployment that no template made has no template generation', () => {
    const live = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { generation: 1 }, status: {} };
    expect(statusBody(live)).toEqual({ generation: 1 });
  });
});
