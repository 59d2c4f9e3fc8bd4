import { describe, expect, test } from 'vitest';
import type { Unstructured } from '../meta/v1.ts';
import { pruneManifest } from './prune-manifest.ts';

describe('pruning a manifest', () => {
  test('removes what a server sets, and leaves the original alone', () => {
    const manifest: Unstructured = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'a',
        namespace: 'default',
        labels: { a: 'b' },
        creationTimestamp: null,
        generation: 3,
        managedFields: [],
        resourceVersion: '1',
        selfLink: '/x',
        uid: 'u',
        ownerReferences: [],
        finalizers: ['f'],
        deletionTimestamp: 't',
        deletionGracePeriodSeconds: 1,
      },
      data: { a: '1' },
      status: { phase: 'x' },
    };
    const before = structuredClone(manifest);
    expect(pruneManifest(manifest)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'default', labels: { a: 'b' } },
      data: { a: '1' },
    });
    expect(manifest).toEqual(before);
  });

  test.each<[string, string, object, object]>([
    [
      'a Service loses its cluster IP',
      'Service',
      { spec: { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'], type: 'ClusterIP' } },
      { spec: { type: 'ClusterIP' } },
    ],
    ['a headless Service stays headless', 'Service', { spec: { clusterIP: 'None' } }, { spec: { clusterIP: 'None' } }],
    [
      'a Job loses the labels and the time to live that its cluster gave it',
      'Job',
      {
        spec: {
          ttlSecondsAfterFinished: 5,
          selector: { matchLabels: { 'controller-uid': 'u', mine: '1' } },
          template: { metadata: { labels: { 'batch.kubernetes.io/job-name': 'j', mine: '1' } } },
        },
      },
      { spec: { selector: { matchLabels: { mine: '1' } }, template: { metadata: { labels: { mine: '1' } } } } },
    ],
    [
      'a Job with a selector of its own keeps it',
      'Job',
      { spec: { manualSelector: true, selector: { matchLabels: { 'job-name': 'j' } } } },
      { spec: { manualSelector: true, selector: { matchLabels: { 'job-name': 'j' } } } },
    ],
    [
      "a ServiceAccount's own tokens go",
      'ServiceAccount',
      { secrets: [{ name: 'a-token-x1' }, { name: 'mine' }] },
      { secrets: [{ name: 'mine' }] },
    ],
    [
      'a token Secret is delivered empty',
      'Secret',
      { type: 'kubernetes.io/service-account-token', data: { token: 'eA==' } },
      { type: 'kubernetes.io/service-account-token' },
    ],
    [
      'any other Secret is delivered as it is',
      'Secret',
      { type: 'Opaque', data: { a: 'eA==' } },
      { type: 'Opaque', data: { a: 'eA==' } },
    ],
  ])('%s', (_name, kind, fields, expected) => {
    const common = { apiVersion: 'v1', kind, metadata: { name: 'a' } };
    expect(pruneManifest({ ...common, ...fields })).toEqual({ ...common, ...expected });
  });

  test.each([
    ['Deployment', 'deployment.kubernetes.io/revision'],
    ['PersistentVolumeClaim', 'volume.kubernetes.io/selected-node'],
  ])("a %s loses its cluster's annotation %s", (kind, annotation) => {
    const metadata = { name: 'a', annotations: { [annotation]: '1', mine: '1' } };
    expect(pruneManifest({ apiVersion: 'v1', kind, metadata }).metadata.annotations).toEqual({ mine: '1' });
  });

  test.each(['constructor', '__proto__', '__defineGetter__'])('a kind %s is one without a rule', (kind) => {
    const manifest = { apiVersion: 'example.com/v1', kind, metadata: { name: 'a' } };
    expect(pruneManifest(manifest)).toEqual(manifest);
  });
});
