import { expect, test } from 'vitest';
import type { Node, Pod } from '../../shared/apis/core/v1.ts';
import { newPodTrimmer, summarize } from './resource-summary.ts';

function node(name: string, ready: 'True' | 'False'): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' }, conditions: [{ type: 'Ready', status: ready }] },
  };
}

function pod(name: string, cpu: string, more: { nodeName?: string; phase?: 'Running' | 'Succeeded' }): Pod {
  const { nodeName, phase = 'Running' } = more;
  return newPodTrimmer()({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { ...(nodeName ? { nodeName } : {}), containers: [{ name: 'c', resources: { requests: { cpu } } }] },
    status: { phase },
  });
}

test('a member is summed up by its nodes and the pods that are bound, waiting or over', () => {
  const pods = [
    pod('bound', '250m', { nodeName: 'a' }),
    pod('bound-too', '1', { nodeName: 'b' }),
    pod('over', '2', { nodeName: 'a', phase: 'Succeeded' }),
    pod('waiting', '500m', {}),
  ];
  expect(summarize([node('a', 'True'), node('b', 'False')], pods)).toEqual({
    nodeSummary: { totalNum: 2, readyNum: 1 },
    resourceSummary: {
      allocatable: { cpu: '8', memory: '16Gi', pods: '220' },
      allocating: { cpu: '500m', pods: '1' },
      allocated: { cpu: '1250m', pods: '2' },
    },
  });
});

test('what is left of pods that are alike is kept once', () => {
  const trim = newPodTrimmer();
  const newPod = (name: string, nodeName: string): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', resourceVersion: name },
    spec: { nodeName, containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }] },
    status: { phase: 'Running' },
  });
  const [one, other] = [trim(newPod('1', 'a')), trim(newPod('2', 'b'))];
  expect(other.metadata).toEqual({ name: '2', namespace: 'default', resourceVersion: '2' });
  expect(other.spec).toBe(one.spec);
  expect(one.spec?.containers).toEqual([{ name: '', resources: { requests: { cpu: '1' } } }]);
});
