import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { parseApiVersion, type ResourceType } from '../../shared/apis/resource-type.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { type KindDeps, UnconfirmedKind } from './kind-problems.ts';

/**
 * The member's resources for objects that were delivered some time ago: the version of their API may have gone since, and they are there in another. Of a kind that is
 * served in none there are no objects, but a server that has just started may list the kinds of CustomResourceDefinitions late: it is believed when it still says so some time later.
 */
export interface ObjectKinds {
  resourceFor: KindDeps['resourceFor'];
  /** Undefined: there is no such object any more. Throws `UnavailableKind`, and `UnconfirmedKind` while it is not known yet that there is none. */
  typeOf(object: ObjectKind, signal: AbortSignal): Promise<ResourceType<Unstructured> | undefined>;
}

interface GroupKind {
  group: string;
  kind: string;
}

interface ObjectKind extends GroupKind {
  apiVersion: string;
}

export interface ObjectKindsDeps extends KindDeps {
  /** The member's resource for a kind in whatever version, as the last answer to `resourceFor` has it. Throws `UnavailableKind` while the group's versions are not all known. */
  resourceInGroup(group: string, kind: string, signal: AbortSignal): Promise<ResourceType<Unstructured> | undefined>;
  clock: Clock;
}

const CONFIRMED_AFTER_MS = 30_000;
/** What was heard longer ago than this does not count. */
const FORGOTTEN_AFTER_MS = 5 * 60_000;

export function newObjectKinds(deps: ObjectKindsDeps): ObjectKinds {
  const missing = new Map<string, { sinceMs: number; untilMs: number }>();
  const note = (key: string, type: ResourceType<Unstructured> | undefined): void => {
    if (type) return void missing.delete(key);
    const untilMs = deps.clock.monotonic();
    const before = missing.get(key);
    const isHeardOf = before !== undefined && untilMs - before.untilMs <= FORGOTTEN_AFTER_MS;
    missing.set(key, { sinceMs: isHeardOf ? before.sinceMs : untilMs, untilMs });
  };
  const isConfirmed = (key: string): boolean => {
    const { sinceMs, untilMs } = missing.get(key) ?? { sinceMs: 0, untilMs: 0 };
    return untilMs - sinceMs >= CONFIRMED_AFTER_MS;
  };
  /** A member that does not answer may be about to start once more. */
  const orForget = <T>(of: GroupKind, answer: Promise<T>): Promise<T> =>
    answer.catch((error: unknown) => {
      missing.delete(keyOf(of));
      throw error;
    });
  const inGroup = async (group: string, kind: string, signal: AbortSignal): ReturnType<KindDeps['resourceFor']> => {
    const type = await orForget({ group, kind }, deps.resourceInGroup(group, kind, signal));
    note(keyOf({ group, kind }), type);
    return type;
  };
  return {
    resourceFor: async (apiVersion, kind, signal) => {
      const { group } = parseApiVersion(apiVersion);
      const type = await orForget({ group, kind }, deps.resourceFor(apiVersion, kind, signal));
      if (type) note(keyOf({ group, kind }), type);
      else await inGroup(group, kind, signal).catch(() => undefined);
      return type;
    },
    typeOf: async ({ apiVersion, group, kind }, signal) => {
      const exact = await orForget({ group, kind }, deps.resourceFor(apiVersion, kind, signal));
      const type = exact ?? (await inGroup(group, kind, signal));
      const key = keyOf({ group, kind });
      if (exact) note(key, exact);
      if (!type && !isConfirmed(key)) throw new UnconfirmedKind(deps.cluster, { group, kind });
      return type;
    },
  };
}

function keyOf({ group, kind }: GroupKind): string {
  return `${group}/${kind}`;
}
