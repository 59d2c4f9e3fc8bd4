import type { Namespace } from '../../../../shared/apis/core/v1.ts';
import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import type { UserInfo } from '../../../../shared/apis/user-info.ts';
import { boundNode } from '../../authn/service-account-user.ts';
import { newAccessDenied } from '../../authz/forbidden.ts';
import { isEqual } from '../../merge/json-value.ts';
import { isDnsSubdomain } from '../../registry/object-names.ts';
import type { WriteContext } from '../../registry/strategy.ts';
import { forbidden } from '../../types/field-error.ts';
import type { Allocation } from './claim-allocations.ts';
import type { ClaimStatus } from './device-claim-status.ts';
import type { ClaimSpec } from './device-claims.ts';
import { deviceKey } from './device-statuses.ts';

/**
 * What a right to write claims does not include: administrative access needs a namespace that is labelled for it, and who says in a claim's status what it
 * has been given, or how a device is, needs a right to say just that. Source: registry/resource, AuthorizedForAdmin, AuthorizedForBinding and
 * AuthorizedForDeviceStatus.
 */

/** The spec never changes, so only a new one is looked at. */
export function adminAccessCauses({ devices = {} }: ClaimSpec, write: WriteContext): StatusCause[] {
  const index = (devices.requests ?? []).findIndex((request) => request.exactly?.adminAccess === true);
  return index < 0 ? [] : unlabelledCauses(`spec.devices.requests[${index}].adminAccess`, write);
}

export function claimStatusRights(next: ClaimStatus, old: ClaimStatus, write: WriteContext): StatusCause[] {
  return [
    ...givenAdminAccess(next, old, write),
    ...bindingCauses(next, old, write),
    ...(next.allocation ? driverCauses(next, old, write) : []),
  ];
}

const firstAdminResult = ({ allocation }: ClaimStatus): number =>
  (allocation?.devices?.results ?? []).findIndex(({ adminAccess }) => adminAccess === true);

function givenAdminAccess(next: ClaimStatus, old: ClaimStatus, write: WriteContext): StatusCause[] {
  const index = firstAdminResult(next);
  if (index < 0 || firstAdminResult(old) >= 0) return [];
  return unlabelledCauses(`status.allocation.devices.results[${index}].adminAccess`, write);
}

const ADMIN_LABEL = 'resource.kubernetes.io/admin-access';

function unlabelledCauses(field: string, { registry, namespace }: WriteContext): StatusCause[] {
  const entry = registry.storage.get(`/core/namespaces//${namespace}`);
  const found: Namespace | undefined = entry && JSON.parse(Buffer.from(entry.value).toString());
  if (found?.metadata.labels?.[ADMIN_LABEL] === 'true') return [];
  return [
    forbidden(field, `admin access to devices requires the \`${ADMIN_LABEL}: true\` label on the containing namespace`),
  ];
}

/** In all namespaces, as the scheduler has it. */
function bindingCauses(next: ClaimStatus, old: ClaimStatus, write: WriteContext): StatusCause[] {
  const isSame = isEqual(next.allocation, old.allocation) && isEqual(next.reservedFor ?? [], old.reservedFor ?? []);
  const why = isSame ? undefined : denied(write, { subresource: 'binding', verb: write.verb, namespace: '', name: '' });
  if (why === undefined) return [];
  const what = 'changing status.allocation or status.reservedFor';
  const right = `resource="resourceclaims/binding", verb="${write.verb}"`;
  return [forbidden('status.allocation', `${what} requires ${right} permission: ${why}`)];
}

/** Of each driver in turn; one that runs on the node of the claim needs less of a right. */
function driverCauses(next: ClaimStatus, old: ClaimStatus, write: WriteContext): StatusCause[] {
  const { user, verb, namespace } = write;
  const scopes = isOnNodeOf(next.allocation, user) ? ['associated-node', 'arbitrary-node'] : ['arbitrary-node'];
  const verbs = scopes.map((scope) => `${scope}:${verb}`);
  return changedDrivers(next, old).flatMap((name) => {
    const refusals = verbs.map((one) => denied(write, { subresource: 'driver', verb: one, namespace, name }));
    const [first] = refusals;
    if (first === undefined || refusals.includes(undefined)) return [];
    const right = `resource="resourceclaims/driver", verb="[${verbs.join(' ')}]"`;
    return [forbidden('status.devices', `changing status.devices requires ${right} permission: ${first}`)];
  });
}

function changedDrivers({ devices: next = [] }: ClaimStatus, { devices: old = [] }: ClaimStatus): string[] {
  const before = new Map(old.map((device) => [deviceKey(device), device]));
  const changed = next.filter((device) => {
    const was = before.get(deviceKey(device));
    before.delete(deviceKey(device));
    return !isEqual(device, was);
  });
  return [...new Set([...changed, ...before.values()].map(({ driver = '' }) => driver))].sort();
}

/** The one node whose devices were given, where they are all on one. */
function nodeOf(allocation: Allocation | undefined): string | undefined {
  const [term, ...otherTerms] = allocation?.nodeSelector?.nodeSelectorTerms ?? [];
  const { matchExpressions = [], matchFields = [] } = term ?? {};
  const [field, ...otherFields] = matchFields;
  if (otherTerms.length + otherFields.length + matchExpressions.length > 0) return undefined;
  if (field?.key !== 'metadata.name' || field.operator !== 'In' || field.values?.length !== 1) return undefined;
  return field.values[0];
}

function isOnNodeOf(allocation: Allocation | undefined, user: UserInfo): boolean {
  const node = nodeOf(allocation);
  return node !== undefined && isDnsSubdomain(node).length === 0 && boundNode(user) === node;
}

interface ClaimRight {
  subresource: string;
  verb: string;
  namespace: string;
  name: string;
}

/** Why the writer may not; undefined: they may. */
function denied({ registry, user, definition }: WriteContext, right: ClaimRight): string | undefined {
  const { group, version, plural: resource } = definition;
  const info = { ...right, group, version, resource, isResource: true, path: '' };
  const { allowed, reason } = registry.authorize(user, info);
  return allowed ? undefined : newAccessDenied(user, info, reason).message;
}
