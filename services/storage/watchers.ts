import type { Change, StoreWatch } from './backend.ts';

/**
 * Who watches what. A changed key's watchers are found by looking up its prefixes of the lengths that are watched at all, so that a change costs
 * the same with ten thousand watchers of other keys as with none.
 */
export interface Watchers {
  add(prefix: string, onChange: (change: Change) => void): StoreWatch;
  publish(change: Change): void;
  clear(): void;
}

type Listener = (change: Change) => void;

export function newWatchers(): Watchers {
  const byPrefix = new Map<string, Set<Listener>>();
  /** Prefix length → how many prefixes of that length are watched. */
  const lengths = new Map<number, number>();

  function setOf(prefix: string): Set<Listener> {
    const known = byPrefix.get(prefix);
    if (known) return known;
    const created = new Set<Listener>();
    byPrefix.set(prefix, created);
    lengths.set(prefix.length, (lengths.get(prefix.length) ?? 0) + 1);
    return created;
  }

  function forget(prefix: string): void {
    byPrefix.delete(prefix);
    const left = (lengths.get(prefix.length) ?? 1) - 1;
    if (left > 0) lengths.set(prefix.length, left);
    else lengths.delete(prefix.length);
  }

  return {
    add(prefix, onChange) {
      const listener: Listener = (change) => onChange(change);
      const listeners = setOf(prefix).add(listener);
      return {
        cancel: () => {
          if (listeners.delete(listener) && listeners.size === 0) forget(prefix);
        },
      };
    },
    publish(change) {
      for (const length of [...lengths.keys()]) {
        const listeners = length <= change.key.length ? byPrefix.get(change.key.slice(0, length)) : undefined;
        if (listeners) for (const listener of [...listeners]) if (listeners.has(listener)) listener(change);
      }
    },
    clear() {
      for (const listeners of byPrefix.values()) listeners.clear();
      byPrefix.clear();
      lengths.clear();
    },
  };
}
