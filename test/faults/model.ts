/**
 * What has to be true of a member in the end, whatever happened on the way: it has what its Works name, nothing of theirs besides, all that nobody
 * managed as it was, and all that a forgetful hub no longer knows.
 */
export interface Model {
  /** By name, the config maps of each Work with their data; a config map's name begins with its Work's. */
  works: Map<string, Map<string, Data>>;
  /** Made in the member by somebody else. */
  unmanaged: Map<string, Data>;
  /** Delivered, and then lost by the hub: they stay until a Work of their name is written again. */
  mustStay: Set<string>;
  /** Were lost once: they may be there or not. */
  mayStay: Set<string>;
  /** The hub has forgotten something once: what is told as orphaned may be more than that. */
  hasForgotten: boolean;
}

export type Data = Record<string, string>;

export function newModel(): Model {
  return { works: new Map(), unmanaged: new Map(), mustStay: new Set(), mayStay: new Set(), hasForgotten: false };
}

/** A Work is written or deleted: from now on what it once lost is a matter between it and its agent. */
export function decided(model: Model, work: string): void {
  for (const name of model.mustStay) if (workOf(name) === work) model.mustStay.delete(name);
}

/** The hub forgets: `present` is what the member has of its Works at that time. */
export function forgotten(model: Model, present: Iterable<string>): void {
  model.hasForgotten = true;
  const named = new Set([...model.works.values()].flatMap((manifests) => [...manifests.keys()]));
  for (const name of present) {
    if (named.has(name)) continue;
    model.mustStay.add(name);
    model.mayStay.add(name);
  }
}

export function workOf(configMap: string): string {
  return configMap.slice(0, configMap.lastIndexOf('-'));
}

export interface LiveConfigMap {
  data: Data;
  isManaged: boolean;
}

/** What is wrong, in words; empty if all is as it has to be. What is told as `orphaned` may be left over. */
export function violations(
  model: Model,
  live: Map<string, LiveConfigMap>,
  orphaned: Set<string> = new Set(),
): string[] {
  const wrong: string[] = [];
  const named = new Map([...model.works.values()].flatMap((manifests) => [...manifests]));
  for (const [name, data] of named) {
    const found = live.get(name);
    if (!found) wrong.push(`${name} is missing`);
    else if (Object.entries(data).some(([key, value]) => found.data[key] !== value)) wrong.push(`${name} has drifted`);
  }
  for (const name of model.mustStay) if (!live.has(name)) wrong.push(`${name} was deleted without proof`);
  for (const [name, data] of model.unmanaged) {
    if (JSON.stringify(live.get(name)?.data) !== JSON.stringify(data))
      wrong.push(`${name}, which nobody manages, was touched`);
  }
  for (const [name, { isManaged }] of live) {
    const isKnown = named.has(name) || model.mayStay.has(name) || orphaned.has(name);
    if (isManaged && !isKnown) wrong.push(`${name} is left over`);
  }
  return wrong;
}
