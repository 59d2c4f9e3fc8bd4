import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { renderAgentManifests } from './agent-manifests.ts';
import { AGENT_KINDS } from './agent-workload.ts';

const byKind = (objects: KubeObject[]) => Object.fromEntries(objects.map((object) => [object.kind, object]));

const manifests = {
  clusterName: 'member1',
  namespace: 'karmada-system',
  clusterNamespace: 'karmada-cluster',
  image: 'pullet-agent:dev',
  replicas: 2,
  apiEndpoint: '',
};

/** The files for those who apply manifests themselves say what register says. */
test.each(AGENT_KINDS)('deploy/agent has what register installs as a %s', (agentKind) => {
  const file = new URL(`../../deploy/agent/${agentKind.toLowerCase()}.yaml`, import.meta.url);
  const inFile = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as KubeObject);
  const { Namespace: _, ...installed } = byKind(inFile);
  expect(byKind(renderAgentManifests({ ...manifests, agentKind }))).toEqual(installed);
});

test.each(AGENT_KINDS)('a %s is on the nodes that it is told of', (agentKind) => {
  const nodeSelector = { 'kubernetes.io/os': 'linux' };
  const rendered = byKind(renderAgentManifests({ ...manifests, agentKind, agentPod: { nodeSelector } }));
  expect(rendered[agentKind]).toMatchObject({ spec: { template: { spec: { nodeSelector } } } });
});
