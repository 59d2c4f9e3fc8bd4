import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';

/** Why the member has no resource for a kind: two things that look alike and are not. */

/** The member serves no such kind; its definition may be on its way. */
export class UnknownKind extends Error {}

/** Nobody can tell now: who serves the kind's group does not answer. What there is of the kind is unknown, not gone. */
export class UnavailableKind extends Error {
  constructor(apiVersion: string, kind: string, reason: string) {
    super(`kind "${kind}" can't be looked up: discovery of ${apiVersion} fails at the moment: ${reason}`);
  }
}

/** The member serves no such kind, but may have just started and not have said all. */
export class UnconfirmedKind extends Error {
  constructor(cluster: string, { group, kind }: { group: string; kind: string }) {
    const where = group === '' ? 'the core API' : `the API group ${group}`;
    super(
      `the cluster ${cluster} serves no kind "${kind}" of ${where} now: it counts as gone when that is still so in half a minute`,
    );
  }
}

export interface KindDeps {
  cluster: string;
  /** The member's resource for a kind; undefined if it serves none, after asking it again. Throws `UnavailableKind`. */
  resourceFor(apiVersion: string, kind: string, signal: AbortSignal): Promise<ResourceType<Unstructured> | undefined>;
}

/** Throws `UnknownKind` or `UnavailableKind`. */
export async function resourceOf(
  { cluster, resourceFor }: KindDeps,
  { apiVersion, kind }: Unstructured,
  signal: AbortSignal,
): Promise<ResourceType<Unstructured>> {
  const type = await resourceFor(apiVersion, kind, signal);
  if (type) return type;
  throw new UnknownKind(`no matches for kind "${kind}" in version "${apiVersion}" in the cluster ${cluster}`);
}
