import type { Change } from './backend.ts';

/**
 * When something last changed in each namespace of each kind, and each object that has no namespace, as far back as history goes. After a restart thousands of
 * watches resume at once, nearly all of them where nothing has changed since: those need not look through the history.
 */
export interface LastChanges {
  /** False: nothing under the prefix, or of the one object whose key it is, has changed after the revision, which must not be compacted. */
  mayHaveChanged(prefix: string, afterRevision: number): boolean;
  /** A change that is durable; in order. */
  take(change: Pick<Change, 'key' | 'revision'>): void;
  /** History up to here is gone. */
  forget(revision: number): void;
}

/** `history` is read once, when it is first asked for. */
export function newLastChanges(history: () => Iterable<Pick<Change, 'key' | 'revision'>>): LastChanges {
  let known: Map<string, number> | undefined;
  const note = (revisions: Map<string, number>, { key, revision }: Pick<Change, 'key' | 'revision'>): void => {
    const [ofKind, ofNamespace] = foldersOf(key);
    revisions.set(ofKind, revision).set(ofNamespace, revision);
    if (holdsClusterScoped(ofNamespace)) revisions.set(key, revision);
  };
  const read = (): Map<string, number> => {
    const revisions = new Map<string, number>();
    for (const change of history()) note(revisions, change);
    return revisions;
  };
  return {
    mayHaveChanged: (prefix, afterRevision) => {
      const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      const depth = folder.split('/').length - 1;
      if (depth !== KIND_DEPTH && depth !== NAMESPACE_DEPTH) return true;
      known ??= read();
      return (known.get(holdsClusterScoped(folder) ? prefix : folder) ?? 0) > afterRevision;
    },
    take: (change) => {
      if (known) note(known, change);
    },
    forget: (revision) => {
      for (const [folder, last] of known ?? []) if (last <= revision) known?.delete(folder);
    },
  };
}

/** Slashes in `/<group>/<resource>/` and in `/<group>/<resource>/<namespace>/`. */
const KIND_DEPTH = 3;
const NAMESPACE_DEPTH = 4;

function foldersOf(key: string): [ofKind: string, ofNamespace: string] {
  const ofNamespace = key.slice(0, key.lastIndexOf('/') + 1);
  return [ofNamespace.slice(0, ofNamespace.lastIndexOf('/', ofNamespace.length - 2) + 1), ofNamespace];
}

/** Their namespace is empty. Each is noted by itself: agents watch one Cluster each, of thousands that change all the time. */
function holdsClusterScoped(folder: string): boolean {
  return folder.endsWith('//');
}
