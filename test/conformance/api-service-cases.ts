/** APIServices: what they may say. Nothing is stored, since upstream's controllers write those that are there on their own. */

import { bodyOf, collection, type Fields, type PlainKind } from './kind-steps.ts';
import { type Case, contentTypes } from './single-changes.ts';

const service = { namespace: 'n', name: 's' };
const apiService: PlainKind = {
  kind: 'APIService',
  apiVersion: 'apiregistration.k8s.io/v1',
  resource: 'apiservices',
  base: {
    metadata: { name: 'v1.g.example.com' },
    spec: { group: 'g.example.com', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 },
  },
};
const changes: Fields[] = [
  {},
  ...[null, {}].map((spec) => ({ spec })),
  ...[
    { group: null },
    { group: 'A_', version: 'B_' },
    { group: '', version: 'v1' },
    { version: null },
    { version: '1' },
    { groupPriorityMinimum: null, versionPriority: null },
    { groupPriorityMinimum: -1, versionPriority: -1 },
    { groupPriorityMinimum: 20_001, versionPriority: 1001 },
    { groupPriorityMinimum: 20_000, versionPriority: 1000 },
    { caBundle: 'eA==' },
    { insecureSkipTLSVerify: true, caBundle: 'eA==' },
    { service: {} },
    { service: { ...service, port: 0 } },
    { service: { ...service, port: 70_000 }, insecureSkipTLSVerify: true, caBundle: 'eA==' },
    { service: null, caBundle: null },
  ].map((spec) => ({ spec })),
  { metadata: { name: 'v1.other' } },
  { metadata: { name: 'a%b' } },
];

const cases: Case[] = changes.flatMap((change) => {
  const query = { dryRun: 'All', fieldManager: 'm' };
  const body = bodyOf({ ...apiService, base: {} }, {});
  const base = { ...apiService.base, ...change };
  const spec = { ...(apiService.base['spec'] as Fields), ...(change['spec'] as Fields | null | undefined) };
  const metadata = base['metadata'] as { name: string };
  const whole = { ...body, metadata, spec: change['spec'] === null ? null : spec };
  return [
    {
      name: `APIService ${JSON.stringify(change)}`,
      steps: [{ method: 'POST', path: collection(apiService), query, body: whole }],
    },
    {
      name: `applied APIService ${JSON.stringify(change)}`,
      steps: [
        {
          method: 'PATCH',
          path: `${collection(apiService)}/${encodeURIComponent(metadata.name)}`,
          contentType: contentTypes.apply,
          query,
          body: whole,
        },
      ],
    },
  ];
});

export const apiServiceGroups: Readonly<Record<string, Case[]>> = { 'what APIServices say': cases };
