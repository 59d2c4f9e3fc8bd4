import type { CustomResourceDefinition } from '../../shared/apis/apiextensions/v1.ts';
import { isConflict } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { createIfAbsent, getIfPresent } from '../../shared/client/ensure-object.ts';
import { jsonEqual } from '../../shared/controller/json-equal.ts';
import { type InstallItem, type InstallStep, itemKey } from './install-step.ts';
import { policyAdditions } from './policy/policy-additions.ts';

/**
 * Makes one object true. It is looked at before it is written, so that somebody who may only read gets through where nothing is to be done.
 */
export type Outcome = 'created' | 'configured' | 'unchanged';

export interface EnsureOptions {
  signal?: AbortSignal;
  /** Find out what would be done, and do nothing. */
  isDryRun?: boolean;
}

export async function ensureItem(client: KubeClient, item: InstallItem, options: EnsureOptions = {}): Promise<Outcome> {
  const { type, object } = item;
  const { signal } = options;
  const current = await getIfPresent(client, type, itemKey(item), signal);
  if (!current) {
    if (options.isDryRun || (await createIfAbsent(client, type, object, signal))) return 'created';
    return await ensureItem(client, item, options);
  }
  const patch = differences(item, current);
  if (!patch) return 'unchanged';
  if (options.isDryRun || (await patchAsRead(client, item, { current, patch, ...(signal ? { signal } : {}) }))) {
    return 'configured';
  }
  return await ensureItem(client, item, options);
}

/** False if somebody else, another replica that starts for instance, has written it meanwhile. */
async function patchAsRead(
  client: KubeClient,
  item: InstallItem,
  { current, patch, signal }: { current: KubeObject; patch: object; signal?: AbortSignal },
): Promise<boolean> {
  const { resourceVersion } = current.metadata;
  const body = { type: 'merge', patch: { metadata: { resourceVersion }, ...patch } } as const;
  try {
    await client.patch(item.type, itemKey(item), body, signal ? { signal } : {});
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}

/** Step by step; what a step holds is made at the same time. */
export async function ensureSteps(
  client: KubeClient,
  steps: readonly InstallStep[],
  options: EnsureOptions & { report?: (item: InstallItem, outcome: Outcome) => void } = {},
): Promise<void> {
  for (const step of steps) {
    const outcomes = await Promise.all(step.map((item) => ensureItem(client, item, options)));
    for (const [at, item] of step.entries()) options.report?.(item, outcomes[at] ?? 'unchanged');
  }
}

/** The fields to write; undefined if there are none. */
function differences({ object, existing }: InstallItem, current: KubeObject): object | undefined {
  if (existing === 'kept') return undefined;
  if (existing === 'completed') return policyAdditions(current, object);
  if (object.kind === 'CustomResourceDefinition') return versionsOf(current, object);
  const { apiVersion: _, kind: __, metadata: ___, ...fields } = object;
  return covers(current, fields) ? undefined : fields;
}

/** A property that a newer version no longer has must go from the schema too, so that more is not enough. */
function versionsOf(current: KubeObject, wanted: KubeObject): object | undefined {
  const [is, ours] = [current, wanted].map((crd) => (crd as CustomResourceDefinition).spec.versions);
  return jsonEqual(is, ours) ? undefined : { spec: { versions: ours } };
}

/** Whether all of `wanted` is in `current`: a server fills in more by itself. Lists are as long as they should be. */
function covers(current: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(current) && current.length === wanted.length && wanted.every((one, at) => covers(current[at], one))
    );
  }
  if (typeof wanted !== 'object' || wanted === null) return current === wanted;
  if (typeof current !== 'object' || current === null) return Object.keys(wanted).length === 0;
  return Object.entries(wanted).every(([name, value]) => covers((current as Record<string, unknown>)[name], value));
}
