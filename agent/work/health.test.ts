import { describe, expect, test } from 'vitest';
import { healthOf } from './health.ts';
import { statusBody } from './status-body.ts';

const met = (type: string): object => ({ status: { conditions: [{ type, status: 'True' }] } });
const unmet = (type: string, reason = 'Because'): object => ({
  status: { conditions: [{ type, status: 'False', reason }] },
});
const onDelete = { updateStrategy: { type: 'OnDelete' } };
const partition = (count: number): object => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: count } },
});
const rollout = (replicas: number, updatedReplicas: number, availableReplicas: number, more: object = {}): object => ({
  spec: { replicas, ...more },
  status: { observedGeneration: 2, updatedReplicas, availableReplicas },
});
const onNodes = (desired: number, updated: number, numberAvailable: number, spec: object = {}): object => ({
  spec,
  status: {
    observedGeneration: 2,
    desiredNumberScheduled: desired,
    updatedNumberScheduled: updated,
    numberAvailable,
  },
});

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
    ['a CRD that is established', 'apiextensions.k8s.io/v1', 'CustomResourceDefinition', met('Established'), 'Healthy'],
    ['an APIService that answers', 'apiregistration.k8s.io/v1', 'APIService', met('Available'), 'Healthy'],
    ['an APIService that does not', 'apiregistration.k8s.io/v1', 'APIService', unmet('Available'), 'Unhealthy'],
    ['a StatefulSet that lacks pods', 'apps/v1', 'StatefulSet', rollout(3, 3, 2), 'Unhealthy'],
    ['a StatefulSet that is updating', 'apps/v1', 'StatefulSet', rollout(3, 1, 3), 'Unhealthy'],
    ['one that a partition holds back', 'apps/v1', 'StatefulSet', rollout(3, 1, 3, partition(2)), 'Healthy'],
    ['one that a partition holds back less', 'apps/v1', 'StatefulSet', rollout(3, 1, 3, partition(1)), 'Unhealthy'],
    [
      'one that a partition holds back, without a pod',
      'apps/v1',
      'StatefulSet',
      rollout(3, 1, 2, partition(2)),
      'Unhealthy',
    ],
    ['one whose pods a person replaces', 'apps/v1', 'StatefulSet', rollout(3, 0, 3, onDelete), 'Healthy'],
    ['a DaemonSet that is updating', 'apps/v1', 'DaemonSet', onNodes(3, 1, 3), 'Unhealthy'],
    ['a DaemonSet whose pods a person replaces', 'apps/v1', 'DaemonSet', onNodes(3, 1, 3, onDelete), 'Healthy'],
    ['such a one that lacks a node', 'apps/v1', 'DaemonSet', onNodes(3, 1, 2, onDelete), 'Unhealthy'],
    ['a Job that runs', 'batch/v1', 'Job', { status: { active: 1 } }, 'Healthy'],
    ['a Job that is done', 'batch/v1', 'Job', met('Complete'), 'Healthy'],
    ['a Job that failed', 'batch/v1', 'Job', met('Failed'), 'Unhealthy'],
    ['a CronJob', 'batch/v1', 'CronJob', { status: { active: [{}] } }, 'Healthy'],
    ['an autoscaler', 'autoscaling/v2', 'HorizontalPodAutoscaler', met('AbleToScale'), 'Healthy'],
    ['an autoscaler of nothing', 'autoscaling/v2', 'HorizontalPodAutoscaler', unmet('AbleToScale'), 'Unhealthy'],
    ['an autoscaler without metrics', 'autoscaling/v2', 'HorizontalPodAutoscaler', unmet('ScalingActive'), 'Unhealthy'],
    [
      'an autoscaler of what is scaled to nothing',
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      unmet('ScalingActive', 'ScalingDisabled'),
      'Healthy',
    ],
    ['a namespace', 'v1', 'Namespace', { status: { phase: 'Active' } }, 'Healthy'],
    ['a namespace on its way out', 'v1', 'Namespace', { status: { phase: 'Terminating' } }, 'Unhealthy'],
    [
      'a kind without a rule whose conditions are none',
      'example.com/v1',
      'Foo',
      { status: { conditions: [null, 'x', { type: 'Ready', status: 'False' }] } },
      'Unhealthy',
    ],
    [
      'an autoscaler whose conditions are none',
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      { status: { conditions: [null, { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled' }] } },
      'Healthy',
    ],
    [
      'an Ingress whose addresses are none',
      'networking.k8s.io/v1',
      'Ingress',
      { status: { loadBalancer: { ingress: [null, 1] } } },
      'Unhealthy',
    ],
    ['a kind without a rule', 'example.com/v1', 'Deployment', {}, 'Healthy'],
    ['one that is ready', 'example.com/v1', 'Thing', met('Ready'), 'Healthy'],
    ['one that is not ready', 'example.com/v1', 'Thing', unmet('Ready'), 'Unhealthy'],
    ['one that has come to a halt', 'example.com/v1', 'Thing', met('Stalled'), 'Unhealthy'],
    ['one that has not seen its spec', 'example.com/v1', 'Thing', { status: { observedGeneration: 1 } }, 'Unhealthy'],
    ['one that has seen its spec', 'example.com/v1', 'Thing', { status: { observedGeneration: 2 } }, 'Healthy'],
    ['one whose conditions are none', 'example.com/v1', 'Thing', { status: { conditions: 'none' } }, 'Healthy'],
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
