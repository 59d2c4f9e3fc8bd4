/** Writes the Works of a benchmark, several at a time and in order, as a control plane would. */

import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { CONDITION_APPLIED, type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { type LoadedWork, manifestsOf, newLoadedWork, workName } from './work-load.ts';

const WRITERS = 16;
export const CHANGED_VERSION = 2;

export async function createAll(hub: KubeClient, loads: readonly LoadedWork[]): Promise<void> {
  await each(loads, async (load) => void (await hub.create(works, newLoadedWork(load))));
}

export async function changeAll(hub: KubeClient, loads: readonly LoadedWork[]): Promise<void> {
  await each(loads, async (load) => {
    const patch = { spec: { workload: { manifests: manifestsOf({ ...load, version: CHANGED_VERSION }) } } };
    await hub.patch(works, keyOf(load), { type: 'merge', patch });
  });
}

export async function deleteAll(hub: KubeClient, loads: readonly LoadedWork[]): Promise<void> {
  await each(loads, (load) => hub.delete(works, keyOf(load)));
}

function keyOf(load: LoadedWork): { name: string; namespace: string } {
  return { name: workName(load), namespace: executionSpace(load.cluster) };
}

/** Several at a time, in order. */
export async function each<T>(items: readonly T[], write: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const writer = async (): Promise<void> => {
    for (const item of rest) await write(item);
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

/** Karmada's agent tells of one manifest of a Work only, so one is all that is asked for. */
export function isTold({ status }: Work): boolean {
  const isApplied = status?.conditions?.some(
    ({ type, status: value }) => type === CONDITION_APPLIED && value === 'True',
  );
  return Boolean(isApplied && status?.manifestStatuses?.length);
}
