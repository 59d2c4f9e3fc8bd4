/** The next part of a path, by the part itself: `spec`, `.containers`, `[0]`. `isEnd`: one of the paths ends here. */
interface Step {
  next: Map<string, Step>;
  isEnd: boolean;
}

const newStep = (): Step => ({ next: new Map(), isEnd: false });

const partsOf = (path: string): string[] => path.split(/(?=[.[])/);

/** Tells whether a path is one of those given, or leads to something within one. Takes as long as the paths are long, however many there are. */
export function newPathSet(paths: readonly string[]): (path: string) => boolean {
  const root = newStep();
  for (const path of paths) add(root, path);
  return (path) => isWithin(root, path);
}

function add(root: Step, path: string): void {
  let at = root;
  for (const part of partsOf(path)) {
    const next = at.next.get(part) ?? newStep();
    at.next.set(part, next);
    at = next;
  }
  at.isEnd = true;
}

function isWithin(root: Step, path: string): boolean {
  let at = root;
  for (const part of partsOf(path)) {
    const next = at.next.get(part);
    if (!next) return false;
    if (next.isEnd) return true;
    at = next;
  }
  return false;
}
