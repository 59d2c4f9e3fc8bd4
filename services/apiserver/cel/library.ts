import type { CelType } from './cel-type.ts';
import type { Overload } from './functions.ts';

/** Types and functions that only expressions of one place may name, besides those that all may. */
export interface Library {
  /** The type of the name, with its fields where messages are made of it. */
  typeNamed(name: string): CelType | undefined;
  overloadsOf(name: string): readonly Overload[] | undefined;
}
