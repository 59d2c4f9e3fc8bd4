import { expect, test } from 'vitest';
import type { Node, Pod } from '../../shared/apis/core/v1.ts';
import { summarize, trimPod } from './resource-summary.ts';

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
  return trimPod({
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
