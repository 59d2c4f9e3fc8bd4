import { expect, test } from 'vitest';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { clusterRoleBindings } from '../../shared/apis/rbac/v1.ts';
import { newFakeKube } from '../../shared/controller/fake-kube.ts';
import { findOtherAgents } from './other-agents.ts';

/** Whose rights an agent shares, as far as the user may see. */

const EDGE = { name: 'karmada-agent-sa', namespace: 'edge' };

test.each([
  ['that may not be looked for counts as being there', 'serviceaccounts', [EDGE]],
  ['of a binding that may not be read is unknown', 'clusterrolebindings', []],
  ['that is gone has no rights', undefined, []],
])('an account %s', async (_what, forbidden, expected) => {
  const member = newFakeKube();
  member.put(clusterRoleBindings, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'karmada-agent' },
    subjects: [EDGE, { ...EDGE, namespace: 'karmada-system' }].map((account) => ({
      kind: 'ServiceAccount',
      ...account,
    })),
  } as KubeObject);
  const { get } = member.client;
  const client = {
    ...member.client,
    get: ((type, ...rest) => {
      if (type.resource === forbidden) throw newForbidden(type, 'no');
      return get(type, ...rest);
    }) as typeof get,
  };
  expect(await findOtherAgents(client, 'karmada-system', new AbortController().signal)).toEqual(expected);
});
