/** What may still be changed of claims, Jobs and pods that somebody works on, and which labels and parameters are meant. */

import { type Case, contentTypes } from './single-changes.ts';
import type { Step } from './step.ts';

type Fields = Record<string, unknown>;

const ns = '/namespaces/<<namespace>>';
const one = (name: string, ...steps: Step[]): Case => ({ name, steps });
const post = (path: string, body: unknown, more: Partial<Step> = {}): Step => ({ method: 'POST', path, body, ...more });
const patch = (path: string, body: unknown, type: keyof typeof contentTypes = 'merge'): Step => ({
  method: 'PATCH',
  path,
  contentType: contentTypes[type],
  body,
});

const claims = `/api/v1${ns}/persistentvolumeclaims`;
const claim = (storage: string, more: Fields = {}): Fields => ({
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage } },
  ...more,
});
const bound = (more: Fields = {}): Step[] => [
  post(claims, { metadata: { name: 'c' }, spec: claim('2Gi', { volumeName: 'v', ...more }) }),
  patch(`${claims}/c/status`, { status: { phase: 'Bound', capacity: { storage: '2Gi' } } }),
];
const resized = (storage: string): Step => patch(`${claims}/c`, { spec: { resources: { requests: { storage } } } });
const claimCases: Case[] = [
  one('a claim that is not bound grows', post(claims, { metadata: { name: 'c' }, spec: claim('1Gi') }), resized('2Gi')),
  one('a claim that is bound grows', ...bound(), resized('3Gi')),
  one('a claim of no class grows', ...bound({ storageClassName: '' }), resized('3Gi')),
  one(
    'a claim whose class lets it grow',
    post('/apis/storage.k8s.io/v1/storageclasses', {
      metadata: { name: '<<namespace>>-class' },
      provisioner: 'example.com/p',
      allowVolumeExpansion: true,
    }),
    ...bound({ storageClassName: '<<namespace>>-class' }),
    // Upstream learns of the class a moment later.
    { ...resized('3Gi'), until: { status: 200 } },
  ),
  one('a claim shrinks', ...bound(), resized('1Gi')),
  one('a claim stays as large', ...bound(), resized('2048Mi')),
  one('a claim gets limits', ...bound(), patch(`${claims}/c`, { spec: { resources: { limits: { storage: '9Gi' } } } })),
  one(
    'a claim gets another class of attributes',
    ...bound(),
    patch(`${claims}/c`, { spec: { volumeAttributesClassName: 'a' } }),
  ),
  one('a claim gets another mode', ...bound(), patch(`${claims}/c`, { spec: { accessModes: ['ReadWriteMany'] } })),
  one('a claim gets another class', ...bound(), patch(`${claims}/c`, { spec: { storageClassName: 'a' } })),
  ...[
    { phase: 'Odd' },
    { capacity: { storage: '-1' } },
    { allocatedResources: { storage: '3Gi' } },
    { allocatedResources: { storage: '-3Gi', 'a b': '1' } },
    { allocatedResourceStatuses: { storage: 'Odd' } },
    { allocatedResourceStatuses: { storage: 'ControllerResizeInProgress' } },
    { modifyVolumeStatus: { status: 'Odd' } },
    { conditions: [{ type: 'Resizing', status: 'True' }] },
  ].map((status) =>
    one(`a claim's status ${JSON.stringify(status)}`, ...bound(), patch(`${claims}/c/status`, { status })),
  ),
];

const jobs = `/apis/batch/v1${ns}/jobs`;
const template = { spec: { containers: [{ name: 'c', image: 'i:1' }], restartPolicy: 'Never' } };
const job = (spec: Fields = {}): Step => post(jobs, { metadata: { name: 'j' }, spec: { template, ...spec } });
const told = (status: Fields): Step => patch(`${jobs}/j/status`, { status });
const since = '2020-01-01T00:00:00Z';
const later = '2020-01-01T00:01:00Z';
const condition = (type: string, more: Fields = {}): Fields => ({
  type,
  status: 'True',
  lastTransitionTime: later,
  ...more,
});
const jobStates: [Fields, Fields[]][] = [
  [{}, [{ active: 1, startTime: since }]],
  [{}, [{ active: -1, failed: -1, succeeded: -1, ready: -1, terminating: -1 }]],
  [{}, [{ active: 1, ready: 2 }]],
  [{}, [{ conditions: [condition('Complete')] }]],
  [
    {},
    [
      {
        startTime: since,
        completionTime: later,
        succeeded: 1,
        conditions: [condition('SuccessCriteriaMet'), condition('Complete')],
      },
    ],
  ],
  [
    {},
    [
      { startTime: since, conditions: [condition('FailureTarget')] },
      { startTime: since, conditions: [condition('FailureTarget'), condition('Failed')] },
    ],
  ],
  [{}, [{ startTime: since, conditions: [condition('Failed'), condition('Complete')] }]],
  [{}, [{ startTime: later, completionTime: since }]],
  [{}, [{ completionTime: later }]],
  [{}, [{ startTime: since }, { startTime: later }]],
  [
    {},
    [
      { startTime: since, conditions: [condition('FailureTarget')] },
      { startTime: since, conditions: [] },
    ],
  ],
  [{}, [{ completedIndexes: '0' }]],
  [{}, [{ failedIndexes: '0' }]],
  [{ completionMode: 'Indexed', completions: 2 }, [{ completedIndexes: '0', succeeded: 1, startTime: since }]],
  [{ completionMode: 'Indexed', completions: 2 }, [{ completedIndexes: '5', succeeded: 1, startTime: since }]],
  [{ completionMode: 'Indexed', completions: 2 }, [{ completedIndexes: 'x', startTime: since }]],
  [{}, [{ uncountedTerminatedPods: { succeeded: ['a', 'a', ''], failed: ['a'] } }]],
  [{ suspend: true }, [{ startTime: since }]],
  [{}, [{ failed: 3 }, { failed: 1 }]],
];
const jobCases = jobStates.map(([spec, states]) =>
  one(`a Job ${JSON.stringify(spec)} told ${JSON.stringify(states)}`, job(spec), ...states.map(told)),
);

const maps = `/api/v1${ns}/configmaps`;
const labelled = ['', '10', '0x10', '1e3', '9007199254740993', '99999999999999999999'].map((n, index) =>
  post(maps, { metadata: { name: `m${index}`, labels: { n } } }),
);
const selected = (labelSelector: string): Step => ({ method: 'GET', path: maps, query: { labelSelector } });
const numbers = ['9', '-1', '9007199254740992', '9223372036854775808', '0x1', '1.5', '+5', '007'];
const labelCases: Case[] = [
  one(
    'labels are compared',
    ...labelled,
    ...numbers.flatMap((n) => [selected(`n>${n}`), selected(`n<${n}`), selected(`n > ${n}`)]),
  ),
  one('labels of the store', ...labelled, selected('n in (10,0x10)'), selected('n notin (,10)'), selected('n=')),
];

export const resizeGroups: Readonly<Record<string, Case[]>> = {
  'claims are resized': claimCases,
  'the status of Jobs': jobCases,
  'labels are numbers': labelCases,
};
