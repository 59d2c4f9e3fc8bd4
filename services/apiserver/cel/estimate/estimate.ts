import type { CelType } from '../cel-type.ts';
import { charCount } from '../char-count.ts';
import type { CheckedCall } from '../check-expression.ts';
import type { Call, Expression } from '../expression.ts';
import { type DeclaredSize, sizeAt } from './declared-size.ts';
import { type EntrySize, type Size, sizeOf, UNKNOWN } from './size.ts';
import { namesOf, pathOf, type ValuePath } from './value-path.ts';

/** What is known of the parts of an expression while its cost is estimated. Source: cel-go, `checker/cost.go`. */
export interface Estimate {
  /** Of `self`. */
  root: DeclaredSize;
  typeOf: (part: Expression) => CelType;
  callOf: (call: Call) => CheckedCall | undefined;
  /** Of parts that macros use twice both are the same. */
  costs: Map<Expression, bigint>;
  paths: Map<Expression, ValuePath>;
  sizes: Map<Expression, Size>;
  entries: Map<Expression, EntrySize>;
  /** The variables of loops around a part, by name: the innermost last. */
  locals: Map<string, Local[]>;
}

export interface Local {
  path: ValuePath | undefined;
  size?: Size | undefined;
  entry?: EntrySize | undefined;
}

const localOf = ({ locals }: Estimate, part: Expression): Local | undefined =>
  part.kind === 'ident' ? locals.get(part.name)?.at(-1) : undefined;

export function pathTo(part: Expression, estimate: Estimate): ValuePath | undefined {
  const local = localOf(estimate, part);
  return local ? local.path : estimate.paths.get(part);
}

export function notePath(part: Expression, path: ValuePath | undefined, { paths }: Estimate): void {
  if (path) paths.set(part, path);
  else paths.delete(part);
}

export const identPath = (part: Expression & { kind: 'ident' }, estimate: Estimate): ValuePath | undefined => {
  const local = localOf(estimate, part);
  return local ? local.path : pathOf(part.name);
};

/** What is declared of the place, as the path has it now. */
export function declaredAt(path: readonly string[] | undefined, { root }: Estimate): Size | undefined {
  const most = path && path.length > 0 ? sizeAt(root, path) : undefined;
  return most === undefined ? undefined : { least: 0n, most };
}

/** Undefined where nothing is known. What is found by its path is kept: the path may be another later. */
export function knownSize(part: Expression, estimate: Estimate): Size | undefined {
  const written = estimate.sizes.get(part) ?? writtenSize(part);
  if (written) return written;
  const path = pathTo(part, estimate);
  const declared = declaredAt(path && namesOf(path), estimate);
  if (declared) estimate.sizes.set(part, declared);
  if (declared) return declared;
  return isScalar(estimate.typeOf(part)) ? sizeOf(1) : localOf(estimate, part)?.size;
}

export const sizeOrUnknown = (part: Expression, estimate: Estimate): Size => knownSize(part, estimate) ?? UNKNOWN;

export const entrySize = (part: Expression, estimate: Estimate): EntrySize | undefined =>
  estimate.entries.get(part) ?? localOf(estimate, part)?.entry;

export function noteSizes(part: Expression, size: Size | undefined, entry: EntrySize | undefined, to: Estimate): void {
  if (size) to.sizes.set(part, size);
  if (entry) to.entries.set(part, entry);
}

/** Of what stands there as it is. */
function writtenSize(part: Expression): Size | undefined {
  switch (part.kind) {
    case 'literal':
      if (typeof part.value === 'string') return sizeOf(charCount(part.value));
      return sizeOf(part.value instanceof Uint8Array ? part.value.length : 1);
    case 'list':
      return sizeOf(part.items.length);
    case 'map':
      return sizeOf(part.entries.length);
    default:
      return undefined;
  }
}

const SCALARS = ['bool', 'double', 'duration', 'int', 'timestamp', 'uint'];

function isScalar(type: CelType): boolean {
  const [value] = type.name === 'optional_type' ? type.params : [];
  return SCALARS.includes(type.kind) || (value !== undefined && isScalar(value));
}
