import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { subjectAccessReviews } from '../../shared/apis/authorization/v1.ts';
import { serviceAccounts } from '../../shared/apis/core/v1.ts';
import { clusterRoleBindings } from '../../shared/apis/rbac/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { eventually } from './eventually.ts';
import type { TestMember } from './start-member.ts';

/** Accounts of a member, and kubeconfigs for them. */

const namespace = 'default';

/** A token for a new account that may do everything in the member, or nothing. */
export async function newMemberToken(
  { client }: TestMember,
  name: string,
  { mayDoEverything = true, expirationSeconds = 3600 } = {},
): Promise<string> {
  await client.create(serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
  if (mayDoEverything) {
    await client.create(clusterRoleBindings, {
      ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name } },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
    await eventually(`${name} may do everything`, () => isAllowedEverything(client, name));
  }
  const answer = await client.raw({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds } }),
  });
  return JSON.parse(answer).status.token;
}

/** A real API server learns a moment later of the rights that it has stored. */
async function isAllowedEverything(client: KubeClient, name: string): Promise<boolean> {
  const user = `system:serviceaccount:${namespace}:${name}`;
  const { status } = await client.create(subjectAccessReviews, {
    ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: {} },
    spec: { user, resourceAttributes: { group: '*', resource: '*', verb: '*' } },
  });
  return status?.allowed === true;
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** One context, as data that a test may change before it is written. */
export interface KubeconfigDraft {
  'current-context': string;
  contexts: { name: string; context: Record<string, unknown> }[];
  clusters: { name: string; cluster: Record<string, unknown> }[];
  users: { name: string; user: Record<string, unknown> }[];
}

/** A kubeconfig of the member with this user; without one, of its administrator. */
export async function kubeconfigDraft(
  member: TestMember,
  user?: Record<string, unknown>,
  cluster: Record<string, unknown> = {},
): Promise<KubeconfigDraft> {
  const {
    server,
    caPem = '',
    certPem = '',
    keyPem = '',
  } = (await loadKubeconfig({ path: member.kubeconfig })).transport;
  const admin = { 'client-certificate-data': base64(certPem), 'client-key-data': base64(keyPem) };
  return {
    'current-context': 'ctx',
    contexts: [{ name: 'ctx', context: { cluster: 'prod', user: 'me' } }],
    clusters: [{ name: 'prod', cluster: { server, 'certificate-authority-data': base64(caPem), ...cluster } }],
    users: [{ name: 'me', user: user ?? admin }],
  };
}

/** JSON is YAML. Resolves to the file's path. */
export async function writeKubeconfig(
  folder: string,
  name: string,
  content: KubeconfigDraft | string,
): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}
