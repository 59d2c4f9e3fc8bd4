import { isDeepStrictEqual } from 'node:util';
import { newForbidden, newNotFound, StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { type PolicyRule, RBAC_GROUP, type RoleRef } from '../../../shared/apis/rbac/v1.ts';
import { GROUP_MASTERS, type UserInfo } from '../../../shared/apis/user-info.ts';
import type { EscalationCheck } from '../registry/registry.ts';
import type { RequestInfo } from '../request.ts';
import type { Authorizer } from './authorizer.ts';
import { rulesFor } from './rbac-authorizer.ts';
import type { RbacReader } from './rbac-reader.ts';
import { type Coverage, compactRules, describeRule, missingRights, quoteList } from './rule-covers.ts';

/**
 * Nobody grants more than they have: a role may hold only rules that its writer has, a binding name only a role all of whose rules its writer has;
 * unless the writer may `escalate` that role or `bind` it. Source: Kubernetes reference "Using RBAC Authorization", "Privilege escalation
 * prevention and bootstrapping". Throws 403, or 404 for a binding to a role that does not exist.
 */
export function newEscalationCheck(reader: RbacReader, authorize: Authorizer): EscalationCheck {
  const deps: Deps = { reader, authorize };
  return ({ user, name: requestName }, object, old) => {
    const resource = RESOURCES[object.kind];
    if (!resource || user.groups.includes(GROUP_MASTERS) || (old && changesBookkeepingOnly(object, old))) return;
    const write: Write = {
      user,
      requestName,
      resource,
      namespace: object.metadata.namespace ?? '',
      name: object.metadata.name ?? '',
    };
    if (object.kind.endsWith('Binding')) checkBinding(deps, write, roleRefOf(object));
    else checkRole(deps, write, { object, old });
  };
}

interface Deps {
  reader: RbacReader;
  authorize: Authorizer;
}

interface Write {
  user: UserInfo;
  /** Empty when the object is made by its collection: who may escalate only what has a certain name does not make it, as upstream. */
  requestName: string;
  resource: string;
  namespace: string;
  name: string;
}

const RESOURCES: Partial<Record<string, string>> = {
  Role: 'roles',
  ClusterRole: 'clusterroles',
  RoleBinding: 'rolebindings',
  ClusterRoleBinding: 'clusterrolebindings',
};

const EVERYTHING: PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

interface RoleChange {
  object: Unstructured;
  old: Unstructured | undefined;
}

function checkRole(deps: Deps, write: Write, { object, old }: RoleChange): void {
  const { user, resource, namespace, requestName } = write;
  if (deps.authorize(user, question('escalate', { resource, namespace, name: requestName })).allowed) return;
  refuseMissing(deps, write, rulesIn(object));
  if (!object['aggregationRule'] && !old?.['aggregationRule']) return;
  const { missing, isPartial } = missingOf(deps, write, EVERYTHING);
  if (missing.length === 0 && !isPartial) return;
  throw newForbidden(subjectOf(write), 'must have cluster-admin privileges to use an aggregationRule');
}

function rulesIn(object: Unstructured): PolicyRule[] {
  const { rules } = object;
  return Array.isArray(rules) ? rules.filter((rule) => typeof rule === 'object' && rule !== null) : [];
}

/** This runs before the object is validated; upstream's answer is this odd one. */
function roleRefOf({ roleRef }: Unstructured): RoleRef {
  const given: Partial<RoleRef> = typeof roleRef === 'object' && roleRef !== null ? roleRef : {};
  const { apiGroup = RBAC_GROUP, kind, name = '' } = given;
  if (kind === 'Role' || kind === 'ClusterRole') return { apiGroup, kind, name };
  const message = `unsupported role reference kind: ${JSON.stringify(kind ?? '')}`;
  throw new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 });
}

function checkBinding(deps: Deps, write: Write, roleRef: RoleRef): void {
  const { user, namespace } = write;
  const { kind, name } = roleRef;
  const resource = kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  if (deps.authorize(user, question('bind', { resource, namespace, name })).allowed) return;
  const rules = deps.reader.rulesOf(kind === 'ClusterRole' ? '' : namespace, name);
  if (!rules) throw newNotFound({ ...subjectOf(write), name });
  refuseMissing(deps, write, rules);
}

function refuseMissing(deps: Deps, write: Write, rules: readonly PolicyRule[]): void {
  const { missing, isPartial } = missingOf(deps, write, rules);
  if (missing.length === 0 && !isPartial) return;
  const { name, groups } = write.user;
  const list = [...new Set(compactRules(missing).map(describeRule))].sort().join('\n');
  const who = `user ${JSON.stringify(name)} (groups=${quoteList(groups)})`;
  const unresolved = rulesFor(deps.reader, write.user, write.namespace).missing;
  const also = unresolved.length === 0 ? '' : `; resolution errors: [${unresolved.join(', ')}]`;
  if (missing.length === 0) throw newForbidden(subjectOf(write), `${who} is ${TOO_MANY}${also}`);
  const why = `${who} is attempting to grant RBAC permissions not currently held:\n${list}${isPartial ? OTHERS : ''}${also}`;
  throw newForbidden(subjectOf(write), why);
}

const OTHERS = '\nand perhaps others: not all are compared and told at once';
const TOO_MANY = 'attempting to grant more RBAC permissions at once than can be compared with those currently held';

function missingOf({ reader }: Deps, { user, namespace }: Write, rules: readonly PolicyRule[]): Coverage {
  return missingRights(rulesFor(reader, user, namespace).rules, rules);
}

const subjectOf = ({ resource, name }: Write) => ({ group: RBAC_GROUP, resource, name });

function question(verb: string, about: Pick<RequestInfo, 'resource' | 'namespace' | 'name'>): RequestInfo {
  return { isResource: true, verb, path: '', group: RBAC_GROUP, version: 'v1', subresource: '', ...about };
}

/** Owners and finalizers come and go without anybody getting rights: the garbage collector writes them. */
function changesBookkeepingOnly(object: Unstructured, old: Unstructured): boolean {
  return isDeepStrictEqual(withoutBookkeeping(object), withoutBookkeeping(old));
}

function withoutBookkeeping(object: Unstructured): unknown {
  const { ownerReferences, finalizers, managedFields, resourceVersion, ...metadata } = object.metadata;
  return { ...object, metadata };
}
