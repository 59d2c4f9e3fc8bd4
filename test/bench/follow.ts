/** What a server holds of one resource in one namespace, kept up by a watch: a benchmark waits for a state without asking again and again. */

import { INITIAL_EVENTS_END_ANNOTATION, type KubeObject } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Bench } from './run-bench.ts';

export interface Followed<T extends KubeObject> {
  /** By name. */
  readonly objects: ReadonlyMap<string, T>;
  /** Resolves once exactly `count` of the objects are as wanted; looked at whenever one changes. */
  until(what: string, count: number, isWanted: (object: T) => boolean): Promise<void>;
  /** Resolves once none of the objects is as meant. */
  untilNone(what: string, isMeant: (object: T) => boolean): Promise<void>;
}

interface Following {
  client: KubeClient;
  namespace?: string;
}

export function follow<T extends KubeObject>(
  bench: Bench,
  type: ResourceType<T>,
  { client, namespace }: Following,
): Followed<T> {
  const objects = new Map<string, T>();
  const counts = new Set<Count<T>>();
  const failed = followForever();
  failed.catch(() => {}); // Told to whoever waits.

  /** A server may end a watch at any time; what happened meanwhile is in the initial events of the next. */
  async function followForever(): Promise<void> {
    while (!bench.signal.aborted) await followOnce();
  }

  async function followOnce(): Promise<void> {
    const options = { ...(namespace ? { namespace } : {}), ...FROM_THE_START };
    const seen = new Set<string>();
    for await (const event of client.watch(type, options, bench.signal)) {
      if (event.type === 'ERROR') return;
      if (event.type === 'BOOKMARK') forgetOthers(event.object, seen);
      else keep(event.type, event.object, seen);
    }
  }

  function keep(change: 'ADDED' | 'MODIFIED' | 'DELETED', object: T, seen: Set<string>): void {
    const name = object.metadata.name ?? '';
    seen.add(name);
    const before = objects.get(name);
    if (change === 'DELETED') objects.delete(name);
    else objects.set(name, object);
    for (const count of [...counts]) count.changed(before, change === 'DELETED' ? undefined : object);
  }

  function forgetOthers({ metadata }: KubeObject, seen: Set<string>): void {
    if (!metadata.annotations?.[INITIAL_EVENTS_END_ANNOTATION]) return;
    for (const [name, object] of objects) {
      if (seen.has(name)) continue;
      objects.delete(name);
      for (const count of [...counts]) count.changed(object, undefined);
    }
  }

  /** Resolves once so many of the objects, kept count of from change to change, are as they are counted. */
  const untilCount = (what: string, wanted: number, isCounted: (object: T) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      let found = [...objects.values()].filter(isCounted).length;
      const count: Count<T> = {
        changed: (before, after) => {
          if (before && isCounted(before)) found--;
          if (after && isCounted(after)) found++;
          settle();
        },
      };
      const settle = (): void => {
        if (found !== wanted) return;
        counts.delete(count);
        resolve();
      };
      counts.add(count);
      failed.catch((error: unknown) => reject(new Error(`waiting for ${what}`, { cause: error })));
      settle();
    });

  return { objects, until: untilCount, untilNone: (what, isMeant) => untilCount(what, 0, isMeant) };
}

interface Count<T> {
  changed(before: T | undefined, after: T | undefined): void;
}

const FROM_THE_START = {
  sendInitialEvents: true,
  resourceVersionMatch: 'NotOlderThan',
  allowWatchBookmarks: true,
  timeoutSeconds: 3600,
} as const;
