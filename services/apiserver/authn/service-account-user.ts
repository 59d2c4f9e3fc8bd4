import type { UserInfo } from '../../../shared/apis/user-info.ts';
import { isDnsLabel, isDnsSubdomain } from '../registry/object-names.ts';

/** Users that are service accounts. Source: Kubernetes reference "Service account tokens". */

const PREFIX = 'system:serviceaccount:';

export const serviceAccountUserName = (namespace: string, name: string): string => `${PREFIX}${namespace}:${name}`;

export const serviceAccountGroups = (namespace: string): string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
];

/** The service account of a user name, or undefined if it is none. */
export function parseServiceAccountUserName(userName: string): { namespace: string; name: string } | undefined {
  const [, namespace = '', name = ''] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(userName) ?? [];
  const isOne = isDnsLabel(namespace).length === 0 && isDnsSubdomain(name).length === 0;
  return isOne ? { namespace, name } : undefined;
}

export function newServiceAccountUser(account: { namespace: string; name: string; uid: string }): UserInfo {
  const { namespace, name, uid } = account;
  return { name: serviceAccountUserName(namespace, name), uid, groups: serviceAccountGroups(namespace) };
}

export const NODE_NAME_EXTRA = 'authentication.kubernetes.io/node-name';

/** The node of the pod that a service account's token is bound to; undefined for everybody else. */
export function boundNode({ name, extra = {} }: UserInfo): string | undefined {
  const [node, ...more] = extra[NODE_NAME_EXTRA] ?? [];
  return more.length === 0 && parseServiceAccountUserName(name) ? node : undefined;
}
