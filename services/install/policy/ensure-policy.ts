import { isAlreadyExists } from '../../../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import type { PolicyRule, Subject } from '../../../shared/apis/rbac/v1.ts';
import type { ResourceType } from '../../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { jsonEqual } from '../../../shared/controller/json-equal.ts';

/**
 * Default roles and bindings at start: what is missing is created, and a rule or subject that ours have and the stored ones lack is added, so that a newer
 * version can do its work. What an administrator has added stays; `rbac.authorization.kubernetes.io/autoupdate: "false"` keeps all as it is.
 * Source: Kubernetes reference "Using RBAC Authorization", auto-reconciliation.
 */

interface PolicyObject extends KubeObject {
  rules?: PolicyRule[];
  aggregationRule?: unknown;
  subjects?: Subject[];
}

const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

export async function ensurePolicy<T extends PolicyObject>(
  client: KubeClient,
  type: ResourceType<T>,
  objects: readonly T[],
): Promise<void> {
  await Promise.all(objects.map((object) => ensureOne(client, type, object)));
}

async function ensureOne<T extends PolicyObject>(client: KubeClient, type: ResourceType<T>, wanted: T): Promise<void> {
  try {
    await client.create(type, wanted);
    return;
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  const { name = '', namespace } = wanted.metadata;
  const key = namespace === undefined ? { name } : { name, namespace };
  const current = await client.get(type, key);
  const patch = additions(current, wanted);
  if (current.metadata.annotations?.[AUTOUPDATE] === 'false' || Object.keys(patch).length === 0) return;
  const { resourceVersion } = current.metadata;
  await client.patch(type, key, { type: 'merge', patch: { metadata: { resourceVersion }, ...patch } });
}

/** The rules of an aggregated role are its selectors' business. */
function additions(current: PolicyObject, wanted: PolicyObject): Partial<Pick<PolicyObject, 'rules' | 'subjects'>> {
  const rules = wanted.aggregationRule ? undefined : union(current.rules, wanted.rules);
  const subjects = union(current.subjects, wanted.subjects);
  return { ...(rules ? { rules } : {}), ...(subjects ? { subjects } : {}) };
}

/** Both together, or undefined if nothing is missing. */
function union<T>(current: T[] = [], wanted: T[] = []): T[] | undefined {
  const missing = wanted.filter((item) => !current.some((other) => jsonEqual(item, other)));
  return missing.length > 0 ? [...current, ...missing] : undefined;
}
