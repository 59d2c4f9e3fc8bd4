import type { PolicyRule, Role, RoleBinding, Subject } from '../../../shared/apis/rbac/v1.ts';
import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { AppliedBinding } from './rbac-reader.ts';

/**
 * Roles by place and bindings by subject, so that a question costs as much as the asker has bindings, not as much as there are clusters.
 * Namespaces are empty for cluster-wide objects.
 */
export interface RbacIndex {
  setRole(role: Role): void;
  deleteRole(namespace: string, name: string): void;
  setBinding(binding: RoleBinding): void;
  deleteBinding(namespace: string, name: string): void;
  rulesOf(namespace: string, name: string): readonly PolicyRule[] | undefined;
  bindingsOf(namespace: string, user: UserInfo): AppliedBinding[];
}

interface IndexedBinding {
  binding: RoleBinding;
  /** One per subject, in their order; undefined for a subject that nobody can be. */
  subjectKeys: (string | undefined)[];
}

const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;
const SERVICE_ACCOUNT_PREFIX = 'system:serviceaccount:';

export function newRbacIndex(): RbacIndex {
  const roles = new Map<string, readonly PolicyRule[]>();
  const bindings = new Map<string, IndexedBinding>();
  /** `<namespace>/<subject key>` → names of bindings. */
  const bySubject = new Map<string, Set<string>>();

  const forget = (namespace: string, name: string): void => {
    const key = keyOf(namespace, name);
    for (const subjectKey of bindings.get(key)?.subjectKeys ?? []) {
      const subject = keyOf(namespace, subjectKey ?? '');
      const names = bySubject.get(subject);
      names?.delete(name);
      if (names?.size === 0) bySubject.delete(subject);
    }
    bindings.delete(key);
  };

  const remember = (binding: RoleBinding): void => {
    const { namespace = '', name = '' } = binding.metadata;
    const subjectKeys = asList(binding.subjects).map((subject) => subjectKeyOf(subject, namespace));
    bindings.set(keyOf(namespace, name), { binding, subjectKeys });
    for (const subjectKey of subjectKeys) {
      if (subjectKey === undefined) continue;
      const subject = keyOf(namespace, subjectKey);
      const names = bySubject.get(subject) ?? new Set();
      bySubject.set(subject, names.add(name));
    }
  };

  return {
    setRole: (role) =>
      void roles.set(keyOf(role.metadata.namespace ?? '', role.metadata.name ?? ''), asList(role.rules)),
    deleteRole: (namespace, name) => void roles.delete(keyOf(namespace, name)),
    setBinding: (binding) => {
      forget(binding.metadata.namespace ?? '', binding.metadata.name ?? '');
      remember(binding);
    },
    deleteBinding: forget,
    rulesOf: (namespace, name) => roles.get(keyOf(namespace, name)),
    bindingsOf: (namespace, user) => {
      const userKeys = userKeysOf(user);
      const names = new Set(userKeys.flatMap((key) => [...(bySubject.get(keyOf(namespace, key)) ?? [])]));
      return [...names].sort().flatMap((name) => {
        const indexed = bindings.get(keyOf(namespace, name));
        return indexed ? applied(indexed, userKeys, { namespace, name }) : [];
      });
    },
  };
}

/** What is stored was checked when it was written; should it be wrong all the same, it must not stop the server. */
function asList<T>(value: T[] | undefined): T[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];
}

/** Upstream's appliesToUser. A service account without a namespace is one of the binding's. */
function subjectKeyOf(subject: Subject, bindingNamespace: string): string | undefined {
  switch (subject.kind) {
    case 'User':
      return `u:${subject.name}`;
    case 'Group':
      return `g:${subject.name}`;
    case 'ServiceAccount': {
      const namespace = subject.namespace || bindingNamespace;
      return namespace === '' ? undefined : `u:${SERVICE_ACCOUNT_PREFIX}${namespace}:${subject.name}`;
    }
    default:
      return undefined;
  }
}

const userKeysOf = (user: UserInfo): string[] => [`u:${user.name}`, ...user.groups.map((group) => `g:${group}`)];

function applied(
  { binding, subjectKeys }: IndexedBinding,
  userKeys: string[],
  place: { namespace: string; name: string },
): AppliedBinding[] {
  const at = subjectKeys.findIndex((key) => key !== undefined && userKeys.includes(key));
  const subject = asList(binding.subjects)[at];
  return subject ? [{ ...place, roleRef: binding.roleRef, subject }] : [];
}
