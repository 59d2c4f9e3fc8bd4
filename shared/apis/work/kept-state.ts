import type { KubeObject } from '../meta/v1.ts';

/**
 * The names of the Secrets (`STATE_LABEL`) in which is kept in a member what was delivered to it. An agent has its namespace for itself; hubs that push to a member may share one, and
 * know it by different names.
 */
export function keptStatePrefix(cluster?: string): string {
  return cluster === undefined ? 'pullet-state-' : `pullet-state-${cluster}.`;
}

/** The cluster for which a hub keeps it; undefined of an agent's. Names of clusters have no dots. */
export function keptStateCluster({ metadata: { name = '' } }: KubeObject): string | undefined {
  return /^pullet-state-([^.]+)\./.exec(name)?.[1];
}
