import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { renderAgentManifests } from './agent-manifests.ts';

/** The file for those who apply manifests themselves says what register says. */
test('deploy/agent/deployment.yaml is what register installs', () => {
  const file = new URL('../../deploy/agent/deployment.yaml', import.meta.url);
  const inFile = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as KubeObject);
  const rendered = renderAgentManifests({
    clusterName: 'member1',
    namespace: 'karmada-system',
    clusterNamespace: 'karmada-cluster',
    image: 'pullet-agent:dev',
    replicas: 2,
    apiEndpoint: '',
  });
  const byKind = (objects: KubeObject[]) => Object.fromEntries(objects.map((object) => [object.kind, object]));
  const { Namespace: _, ...installed } = byKind(inFile);
  expect(byKind(rendered)).toEqual(installed);
});
