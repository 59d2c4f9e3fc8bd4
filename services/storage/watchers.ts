import type { Change, StoreWatch } from './backend.ts';

/**
 * Who watches what. A changed key's watchers are found by looking up its prefixes that end in a slash, and those of the lengths of others that are watched, so
 * that a change costs the same with ten thousand watchers of other keys as with none. A watcher that throws goes on with the next change; the others, and whoever
 * made the change, don't notice.
 */
export interface Watchers {
  add(prefix: string, onChange: (change: Change) => void): StoreWatch;
  publish(change: Change): void;
  clear(): void;
}

type Listener = (change: Change) => void;

/** `onError` is told what a watcher threw. */
export function newWatchers(onError: (error: unknown) => void = () => {}): Watchers {
  const byPrefix = new Map<string, Set<Listener>>();
  /** Of prefixes that don't end in a slash: length → how many are watched. */
  const lengths = new Map<number, number>();

  function setOf(prefix: string): Set<Listener> {
    const known = byPrefix.get(prefix);
    if (known) return known;
    const created = new Set<Listener>();
    byPrefix.set(prefix, created);
    if (!isFolder(prefix)) lengths.set(prefix.length, (lengths.get(prefix.length) ?? 0) + 1);
    return created;
  }

  function forget(prefix: string): void {
    byPrefix.delete(prefix);
    if (isFolder(prefix)) return;
    const left = (lengths.get(prefix.length) ?? 1) - 1;
    if (left > 0) lengths.set(prefix.length, left);
    else lengths.delete(prefix.length);
  }

  function tell(prefix: string, change: Change): void {
    const listeners = byPrefix.get(prefix);
    if (listeners)
      for (const listener of [...listeners]) if (listeners.has(listener)) tellOne(prefix, listener, change);
  }

  function tellOne(prefix: string, listener: Listener, change: Change): void {
    try {
      listener(change);
    } catch (cause) {
      onError(
        new Error(`who watches ${prefix} failed with the change of ${change.key}, and may not know of it`, { cause }),
      );
    }
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
      const { key } = change;
      for (let end = key.indexOf('/') + 1; end > 0; end = key.indexOf('/', end) + 1) tell(key.slice(0, end), change);
      for (const length of lengths.keys()) {
        const prefix = key.slice(0, length);
        // A folder of the same length has been told.
        if (length <= key.length && !isFolder(prefix)) tell(prefix, change);
      }
    },
    clear() {
      for (const listeners of byPrefix.values()) listeners.clear();
      byPrefix.clear();
      lengths.clear();
    },
  };
}

/** Of a group, a kind or a namespace. */
const isFolder = (prefix: string): boolean => prefix.endsWith('/');
