/**
 * Where in the object a part of an expression comes from: a variable, and then fields, `@items`, `@keys` and `@values`. cel-go keeps such paths in Go's slices, and two that
 * grow from one may share their memory: then the later overwrites the name at the end of the earlier, and whoever asks for the size there gets that of the other. What a rule is
 * said to cost depends on it, so paths share here what they share there.
 */
export interface ValuePath {
  /** Shared. Only so many of them are its own. */
  readonly names: string[];
  readonly length: number;
  readonly room: number;
}

export const pathOf = (name: string): ValuePath => ({ names: [name], length: 1, room: 1 });

export function below(path: ValuePath | undefined, name: string): ValuePath {
  if (!path) return pathOf(name);
  const { names, length, room } = path;
  if (length === room) return { names: [...names.slice(0, length), name], length: length + 1, room: 2 * room };
  names[length] = name;
  return { names, length: length + 1, room };
}

export const namesOf = ({ names, length }: ValuePath): string[] => names.slice(0, length);
