import type { UserInfo } from '../../../shared/apis/user-info.ts';

/** Users that are service accounts. Source: Kubernetes reference "Service account tokens". */

const PREFIX = 'system:serviceaccount:';

export const serviceAccountUserName = (namespace: string, name: string): string => `${PREFIX}${namespace}:${name}`;

export const serviceAccountGroups = (namespace: string): string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
];

/** The service account of a user name, or undefined if it is none. */
export function parseServiceAccountUserName(userName: string): { namespace: string; name: string } | undefined {
  const match = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(userName);
  return match?.[1] && match[2] ? { namespace: match[1], name: match[2] } : undefined;
}

export function newServiceAccountUser(account: { namespace: string; name: string; uid: string }): UserInfo {
  const { namespace, name, uid } = account;
  return { name: serviceAccountUserName(namespace, name), uid, groups: serviceAccountGroups(namespace) };
}
