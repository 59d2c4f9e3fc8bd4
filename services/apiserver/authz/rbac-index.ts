import type { PolicyRule, Role, RoleBinding, Subject } from '../../../shared/apis/rbac/v1.ts';
import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { AppliedBinding } from './rbac-reader.ts';
import { newSharedRules } from './shared-rules.ts';

/**
 * Roles by place and bindings by subject, so that a question costs as much as the asker has bindings, not as much as there are clusters.
 * Namespaces are empty for cluster-wide objects. A change gives the keys of the subjects (`subjectKeysOf`) whose rights may be others now.
 */
export interface RbacIndex {
  setRole(role: Role): string[];
  deleteRole(namespace: string, name: string): string[];
  setBinding(binding: RoleBinding): string[];
  deleteBinding(namespace: string, name: string): string[];
  rulesOf(namespace: string, name: string): readonly PolicyRule[] | undefined;
  bindingsOf(namespace: string, user: UserInfo): AppliedBinding[];
}

/** Of a binding, what is asked for: there are several for each cluster, and metadata would be most of it. */
interface IndexedBinding extends Pick<RoleBinding, 'roleRef'> {
  subjects: readonly Subject[];
  /** Key of the role. */
  role: string;
  /** One per subject, in their order; undefined for a subject that nobody can be. */
  subjectKeys: (string | undefined)[];
}

const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;
const SERVICE_ACCOUNT_PREFIX = 'system:serviceaccount:';

export function newRbacIndex(): RbacIndex {
  const roles = new Map<string, readonly PolicyRule[]>();
  const shared = newSharedRules();
  const bindings = new Map<string, IndexedBinding>();
  /** `<namespace>/<subject key>` → names of bindings. */
  const bySubject = newSetMap();
  /** Key of a role, whether there is one or not → keys of the bindings to it. */
  const byRole = newSetMap();

  const subjectsOfBinding = (key: string): string[] =>
    (bindings.get(key)?.subjectKeys ?? []).filter((subject) => subject !== undefined);
  const subjectsOfRole = (key: string): string[] => [...byRole.get(key)].flatMap(subjectsOfBinding);

  const forget = (namespace: string, name: string): string[] => {
    const key = keyOf(namespace, name);
    const subjects = subjectsOfBinding(key);
    for (const subject of subjects) bySubject.delete(keyOf(namespace, subject), name);
    const { role } = bindings.get(key) ?? {};
    if (role !== undefined) byRole.delete(role, key);
    bindings.delete(key);
    return subjects;
  };

  const remember = (binding: RoleBinding): string[] => {
    const { namespace = '', name = '' } = binding.metadata;
    const key = keyOf(namespace, name);
    const subjects = asList(binding.subjects);
    const subjectKeys = subjects.map((subject) => subjectKeyOf(subject, namespace));
    const role = roleKeyOf(binding);
    bindings.set(key, { roleRef: binding.roleRef, subjects, role, subjectKeys });
    byRole.add(role, key);
    const theirs = subjectsOfBinding(key);
    for (const subject of theirs) bySubject.add(keyOf(namespace, subject), name);
    return theirs;
  };

  return {
    setRole: ({ metadata: { namespace = '', name = '' }, rules }) => {
      const key = keyOf(namespace, name);
      roles.set(key, asList(rules).map(shared));
      return subjectsOfRole(key);
    },
    deleteRole: (namespace, name) => {
      const key = keyOf(namespace, name);
      roles.delete(key);
      return subjectsOfRole(key);
    },
    setBinding: (binding) => {
      const { namespace = '', name = '' } = binding.metadata;
      return [...forget(namespace, name), ...remember(binding)];
    },
    deleteBinding: forget,
    rulesOf: (namespace, name) => roles.get(keyOf(namespace, name)),
    bindingsOf: (namespace, user) => {
      const userKeys = subjectKeysOf(user);
      const names = new Set(userKeys.flatMap((key) => [...bySubject.get(keyOf(namespace, key))]));
      return [...names].sort().flatMap((name) => {
        const indexed = bindings.get(keyOf(namespace, name));
        return indexed ? applied(indexed, userKeys, { namespace, name }) : [];
      });
    },
  };
}

/** Most keys have one value, a cluster's roles and its agent among them: a set of its own for each would be most of the map. */
function newSetMap() {
  const sets = new Map<string, string | Set<string>>();
  return {
    get: (key: string): Iterable<string> => {
      const values = sets.get(key) ?? [];
      return typeof values === 'string' ? [values] : values;
    },
    add: (key: string, value: string): void => {
      const values = sets.get(key);
      if (values === undefined) sets.set(key, value);
      else if (typeof values !== 'string') values.add(value);
      else if (values !== value) sets.set(key, new Set([values, value]));
    },
    delete: (key: string, value: string): void => {
      const values = sets.get(key);
      const isLast = typeof values === 'string' ? values === value : values?.delete(value) && values.size === 0;
      if (isLast) sets.delete(key);
    },
  };
}

/** Of the role that a binding names, where `rulesOf` is asked for it. */
function roleKeyOf({ roleRef, metadata: { namespace = '' } }: RoleBinding): string {
  return keyOf(roleRef?.kind === 'ClusterRole' ? '' : namespace, roleRef?.name ?? '');
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

/** The subjects that a user is. */
export const subjectKeysOf = (user: UserInfo): string[] => [
  `u:${user.name}`,
  ...user.groups.map((group) => `g:${group}`),
];

function applied(
  { roleRef, subjects, subjectKeys }: IndexedBinding,
  userKeys: string[],
  place: { namespace: string; name: string },
): AppliedBinding[] {
  const at = subjectKeys.findIndex((key) => key !== undefined && userKeys.includes(key));
  const subject = subjects[at];
  return subject ? [{ ...place, roleRef, subject }] : [];
}
