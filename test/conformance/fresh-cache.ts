/** What a kube-apiserver answers from its cache, which may not have seen the last writes yet: it is made to see them before it is asked. */

import { askJson, until } from './ask-until.ts';
import type { ConformanceServer } from './servers.ts';
import type { Memory, Step } from './step.ts';

/** Any watch, whatever may be older than the last write, and a write whose warnings tell with what it began. */
export function isFromCache({ path, query = {}, isWatch, opens, isWarned }: Step): boolean {
  const isAskedOld = ['watch', 'resourceVersion', 'resourceVersionMatch'].some((name) => name in query);
  return isAskedOld || isWatch === true || isWarned === true || opens !== undefined || path.includes('/watch/');
}

/** The collection that a path is in or is itself; undefined of what has none. */
export function collectionIn(path: string): string | undefined {
  const [, root, collection] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/watch)?((?:\/namespaces\/[^/]+)?\/(?!watch\/?$)[^/?]+)/.exec(path) ?? [];
  return root === undefined ? undefined : `${root}${collection}`;
}

/** Of what is not yet ready, or is behind and tells so. */
const later = [429, 503, 504];

/** The first list tells the last state, though perhaps past a cache that is far behind; the second is the cache's own, when it has seen as much. */
export async function freshenCache(server: ConformanceServer, memory: Memory, { path }: Step): Promise<void> {
  const collection = collectionIn(memory.fill(path));
  if (collection === undefined) return;
  const version = await answeredList(server, collection, '');
  if (version) await answeredList(server, collection, `&resourceVersion=${version}&resourceVersionMatch=NotOlderThan`);
}

/** The resourceVersion of a list of nothing; undefined where there is no such collection, or no list of it. */
async function answeredList(server: ConformanceServer, collection: string, query: string): Promise<string | undefined> {
  let version: string | undefined;
  await until(async () => {
    const { status, body } = await askJson(server, 'GET', `${collection}?labelSelector=no%3Dbody${query}`);
    if (status === 200) version = (body as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion;
    return !later.includes(status);
  });
  return version;
}
