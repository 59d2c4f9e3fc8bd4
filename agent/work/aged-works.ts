import { type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getUnlessGone } from '../../shared/client/ensure-object.ts';
import { splitKey } from '../../shared/controller/store.ts';
import type { Inventory } from './inventory.ts';
import { isOlder } from './observed.ts';

/**
 * Works that the hub shows at older versions than those at which they were delivered: so they are seen after a store was restored from a backup though it has gone on since, and has left the highest
 * version behind that it had before.
 */
export interface AgedWork {
  key: string;
  uid: string;
  /** At which it was delivered. */
  resourceVersion: string;
}

/** By what a whole list of the hub's says, which costs no request. */
export function agedWorks(
  inventory: Pick<Inventory, 'entries' | 'mark'>,
  getWork: (key: string) => Work | undefined,
): AgedWork[] {
  const { history } = inventory.mark() ?? {};
  return inventory.entries().flatMap(([uid, { work: key, resourceVersion, ...record }]) => {
    const work = getWork(key);
    const isSame = work?.metadata.uid === uid && record.history === history;
    return isSame && isOlder(work, delivered(work, resourceVersion)) ? [{ key, uid, resourceVersion }] : [];
  });
}

/** At the same time: of a restored store the first one is proof. */
const PARALLEL = 5;

/**
 * The key of the first that really is so, as the hub has it now. All are asked for: one that was written again since it was suspected says nothing of the others. Throws if the hub can't be asked for one;
 * those that it has cleared before need not be asked for again.
 */
export async function findAged(
  hub: KubeClient,
  suspects: readonly AgedWork[],
  cleared: (suspect: AgedWork) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const aged: AgedWork[] = [];
  const ask = async (suspect: AgedWork): Promise<void> => {
    if (await isAged(hub, suspect, signal)) aged.push(suspect);
    else cleared(suspect);
  };
  for (let asked = 0; asked < suspects.length; asked += PARALLEL) {
    const answers = await Promise.allSettled(suspects.slice(asked, asked + PARALLEL).map(ask));
    if (aged[0]) return aged[0].key;
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed) throw failed.reason;
  }
  return undefined;
}

async function isAged(hub: KubeClient, { key, uid, resourceVersion }: AgedWork, signal: AbortSignal): Promise<boolean> {
  const live = await getUnlessGone(hub, works, splitKey(key), signal);
  return live?.metadata.uid === uid && isOlder(live, delivered(live, resourceVersion));
}

function delivered(work: Work, resourceVersion: string): Work {
  return { ...work, metadata: { resourceVersion } };
}
