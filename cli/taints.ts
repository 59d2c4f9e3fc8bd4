import { type Cluster, type ClusterSpec, clusters } from '../shared/apis/cluster/v1alpha1.ts';
import type { KubeClient } from '../shared/client/client.ts';
import { UsageError } from './usage-error.ts';

/** Taints on clusters, as `kubectl taint` and `karmadactl taint` parse and merge them. */

export type Taint = NonNullable<ClusterSpec['taints']>[number];

export interface TaintRemoval {
  key: string;
  /** Absent: whatever the effect. */
  effect?: string;
}

export interface TaintChanges {
  add: Taint[];
  remove: TaintRemoval[];
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const QUALIFIED_NAME = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Whether an argument is a taint rather than a resource or a name. */
export function isTaintArgument(text: string): boolean {
  return text.includes('=') || text.includes(':') || text.endsWith('-');
}

/** Parses `key=value:Effect`, `key:Effect`, `key:Effect-` and `key-`. */
export function parseTaints(texts: string[]): TaintChanges {
  const changes: TaintChanges = { add: [], remove: [] };
  for (const text of texts) {
    if (text.endsWith('-')) changes.remove.push(parseRemoval(text.slice(0, -1), text));
    else changes.add.push(parseTaint(text));
  }
  const both = changes.add.find((taint) => changes.remove.some((removal) => matches(removal, taint)));
  if (both) {
    throw new UsageError(
      `can not both modify and remove the following taint(s) in the same command: {"${both.key}":"${both.effect}"}`,
    );
  }
  return changes;
}

function parseTaint(text: string): Taint {
  const [head = '', effect = '', ...rest] = text.split(':');
  const [key = '', value, ...more] = head.split('=');
  if (rest.length > 0 || more.length > 0) throw new UsageError(`invalid taint spec: ${text}`);
  checkKey(key, text);
  if (value !== undefined && !LABEL_VALUE.test(value)) {
    throw new UsageError(`invalid taint spec: ${text}: the value must be a valid label value of at most 63 characters`);
  }
  if (!isEffect(effect)) {
    throw new UsageError(`invalid taint effect in ${text}: must be one of ${EFFECTS.join(', ')}`);
  }
  return { key, ...(value ? { value } : {}), effect };
}

function parseRemoval(text: string, original: string): TaintRemoval {
  const [head = '', effect] = text.split(':');
  const key = head.split('=')[0] ?? '';
  checkKey(key, original);
  if (effect !== undefined && !isEffect(effect)) {
    throw new UsageError(`invalid taint effect in ${original}: must be one of ${EFFECTS.join(', ')}`);
  }
  return { key, ...(effect !== undefined ? { effect } : {}) };
}

function isEffect(text: string): text is Taint['effect'] {
  return EFFECTS.includes(text);
}

function checkKey(key: string, text: string): void {
  if (!QUALIFIED_NAME.test(key)) throw new UsageError(`invalid taint spec: ${text}: "${key}" is no valid taint key`);
}

const same = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;
const matches = (removal: TaintRemoval, taint: Taint): boolean =>
  removal.key === taint.key && (removal.effect === undefined || removal.effect === taint.effect);

export interface TaintResult {
  taints: Taint[];
  operation: 'tainted' | 'untainted' | 'modified';
}

/** What a cluster's taints become. Throws if one exists and may not be overwritten, or one to remove is not there. */
export function changeTaints(cluster: Cluster, changes: TaintChanges, overwrite: boolean): TaintResult {
  const current = cluster.spec.taints ?? [];
  const clash = changes.add.filter((taint) => current.some((existing) => same(existing, taint)));
  if (clash.length > 0 && !overwrite) {
    const keys = clash.map((taint) => taint.key).join(', ');
    throw new Error(
      `cluster ${cluster.metadata.name} already has ${keys} taint(s) with same effect(s) and --overwrite is false`,
    );
  }
  const missing = changes.remove.find((removal) => !current.some((taint) => matches(removal, taint)));
  if (missing) {
    throw new Error(
      `taint "${missing.key}${missing.effect ? `:${missing.effect}` : ''}" not found on cluster ${cluster.metadata.name}`,
    );
  }
  const kept = current.filter(
    (taint) =>
      !changes.remove.some((removal) => matches(removal, taint)) && !changes.add.some((added) => same(added, taint)),
  );
  const operation =
    changes.add.length === 0 ? 'untainted' : changes.remove.length > 0 || overwrite ? 'modified' : 'tainted';
  return { taints: [...changes.add, ...kept], operation };
}

/** Writes the taints if nobody changed the cluster meanwhile (409 Conflict otherwise). */
export async function patchTaints(client: KubeClient, cluster: Cluster, taints: Taint[]): Promise<void> {
  const { name = '', resourceVersion } = cluster.metadata;
  const patch = { metadata: { resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } };
  await client.patch(clusters, { name }, { type: 'merge', patch });
}
