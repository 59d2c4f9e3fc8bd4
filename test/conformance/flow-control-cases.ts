/** FlowSchemas and PriorityLevelConfigurations. Upstream tells the status of the former by itself, and who owns it; so these are only refused here. */

import { creations, type Fields, made, type PlainKind, patched, updates } from './kind-steps.ts';
import type { Case } from './single-changes.ts';

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';
const level: PlainKind = {
  kind: 'PriorityLevelConfiguration',
  apiVersion,
  resource: 'prioritylevelconfigurations',
  base: { spec: { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: {} } } } },
};
const limited = (more: Fields): Fields => ({ spec: { limited: more } });
const queuing = (more: Fields): Fields => limited({ limitResponse: { queuing: more } });
const levels: Fields[] = [
  {},
  { spec: null },
  { spec: { type: 'Odd' } },
  { spec: { type: 'Exempt', limited: null, exempt: { lendablePercent: 101, nominalConcurrencyShares: -1 } } },
  { spec: { exempt: {} } },
  { spec: { limited: null } },
  limited({ nominalConcurrencyShares: 0, lendablePercent: -1, borrowingLimitPercent: -1 }),
  limited({ limitResponse: { type: 'Reject' } }),
  limited({ limitResponse: { type: 'Odd' } }),
  limited({ limitResponse: { queuing: null } }),
  limited({ limitResponse: null }),
  queuing({ queues: -1, queueLengthLimit: -1, handSize: -1 }),
  queuing({ queues: 20_000_000 }),
  queuing({ queues: 4 }),
  queuing({ queues: 1024, handSize: 7 }),
];
const named = (name: string, more: Fields = {}): Fields => ({ metadata: { name }, ...more });
const exempt = { type: 'Exempt', limited: null };
/** Upstream has these from its beginning: only what is refused is told alike. */
const fixedLevels: Fields[] = [
  named('exempt'),
  named('exempt', { spec: { type: 'Exempt' } }),
  named('exempt', { spec: { ...exempt, exempt: { lendablePercent: 101 } } }),
  named('catch-all'),
  named('catch-all', { spec: exempt }),
  named('catch-all', { spec: { limited: { limitResponse: { type: 'Reject', queuing: null } } } }),
  named('global-default', { spec: exempt }),
];
const levelChanges: [Fields, Fields][] = [
  [{}, { spec: { limited: { nominalConcurrencyShares: 7 } } }],
  [{}, { spec: { type: 'Exempt' } }],
  [{}, { status: { conditions: [{ type: 'Odd' }] } }],
];
const levelStates: [Fields, Fields][] = [
  [{}, { status: { conditions: [{ type: 'Odd' }] } }],
  [{}, { status: { conditions: [{ type: '' }, { type: '' }] } }],
];

const schema: PlainKind = {
  kind: 'FlowSchema',
  apiVersion,
  resource: 'flowschemas',
  base: { spec: { priorityLevelConfiguration: { name: 'global-default' } } },
};
const flow = (spec: Fields): Fields => ({ spec });
const rule = (more: Fields): Fields => flow({ rules: [more] });
const subjects = [{ kind: 'User', user: { name: 'u' } }];
const resourceRules = [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], clusterScope: true }];
const schemas: Fields[] = [
  { spec: null },
  flow({ matchingPrecedence: -1 }),
  flow({ matchingPrecedence: 1 }),
  flow({ matchingPrecedence: 10_001 }),
  flow({ distinguisherMethod: { type: 'Odd' } }),
  flow({ priorityLevelConfiguration: { name: '' } }),
  flow({ priorityLevelConfiguration: { name: 'A b' } }),
  rule({}),
  rule({ subjects }),
  rule({ subjects: [{}, { kind: 'User' }, { kind: 'Group', user: { name: 'u' } }], resourceRules }),
  rule({
    subjects: [
      { kind: 'Group', group: {} },
      { kind: 'ServiceAccount', serviceAccount: {} },
    ],
    resourceRules,
  }),
  rule({ subjects: [{ kind: 'ServiceAccount', serviceAccount: { name: 'A b', namespace: 'C' } }], resourceRules }),
  rule({ subjects, resourceRules: [{}] }),
  rule({ subjects, resourceRules: [{ ...resourceRules[0], verbs: ['odd'], namespaces: ['A', '*'] }] }),
  rule({ subjects, resourceRules: [{ verbs: ['get', '*'], apiGroups: ['a', '*'], resources: ['b', '*'] }] }),
  rule({ subjects, resourceRules: [{ ...resourceRules[0], namespaces: ['A b'] }] }),
  rule({ subjects, resourceRules: [{ ...resourceRules[0], namespaces: [] }] }),
  rule({ subjects, nonResourceRules: [{}] }),
  rule({ subjects, nonResourceRules: [{ verbs: ['odd'], nonResourceURLs: ['a', '/a b', '/a//b', '/a*', ''] }] }),
  rule({ subjects, nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['/a', '*'] }] }),
];
const fixedSchemas: Fields[] = [
  named('exempt'),
  named('exempt', { spec: { matchingPrecedence: 1, priorityLevelConfiguration: { name: 'exempt' } } }),
  named('exempt', {
    spec: {
      matchingPrecedence: 1,
      priorityLevelConfiguration: { name: 'exempt' },
      rules: [{ subjects: [{ kind: 'Group', group: { name: 'others' } }], resourceRules }],
    },
  }),
  named('catch-all'),
  named('catch-all', { spec: { matchingPrecedence: 10_000, distinguisherMethod: { type: 'ByUser' } } }),
  named('other', { spec: { matchingPrecedence: 1 } }),
];
const lacking = rule({ subjects });
const refusedChange: Case = {
  name: 'a FlowSchema can not become wrong',
  steps: [{ ...made(schema), isUncompared: true }, patched(schema, lacking)],
};

export const flowControlGroups: Readonly<Record<string, Case[]>> = {
  PriorityLevelConfigurations: [
    ...creations(level, [...levels, ...fixedLevels]),
    ...updates(level, levelChanges),
    ...updates(level, levelStates, '/status'),
  ],
  FlowSchemas: [...creations(schema, [...schemas, ...fixedSchemas]), refusedChange],
};
