import type { CelKind, CelType } from './cel-type.ts';
import type { Call, Expression, ExpressionError } from './expression.ts';

/**
 * What is wrong with `text.format([…])` where both are written out: clauses that are none, more or fewer of them than values, and values of other types than
 * they show. The first of them is told. Source: cel-go, `ext/formatting.go`.
 */
export function formatErrors(
  { at, target, args: [values] }: Call,
  typeOf: (part: Expression) => CelType,
): ExpressionError[] {
  if (target?.kind !== 'literal' || typeof target.value !== 'string' || values?.kind !== 'list') return [];
  const clauses = [...target.value.matchAll(CLAUSE)].filter(([clause]) => clause !== '%%');
  const given = values.items.length;
  for (const [index, { groups = {} }] of clauses.entries()) {
    const value = values.items[index];
    const isAll = groups['verb'] !== undefined || groups['precision'] !== undefined;
    if (!isAll) return [{ at, text: 'unexpected end of string' }];
    if (!value) return [{ at, text: `index ${index} out of range` }];
    const mistake = clauseError(groups);
    if (mistake !== undefined) return [{ at, text: mistake }];
    const wrong = wrongPart(value, SHOWN[groups['verb'] ?? ''], typeOf);
    if (wrong) return [wrong];
  }
  const text = `too many arguments supplied to string.format (expected ${clauses.length}, got ${given})`;
  return given > clauses.length ? [{ at, text }] : [];
}

/** With its precision and its verb. */
export const CLAUSE = /%(?:%|(?<precision>\.\d*)?(?<verb>.)?)/gsu;

/** Why it is no clause; undefined if it is one. */
export function clauseError({
  precision,
  verb,
}: {
  precision?: string | undefined;
  verb?: string | undefined;
}): string | undefined {
  const why = 'could not parse formatting clause: ';
  if (verb === undefined) return `${why}error while parsing precision: could not find end of precision specifier`;
  if (precision === '.')
    return `${why}error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax`;
  return Object.hasOwn(SHOWN, verb) ? undefined : `${why}unrecognized formatting clause "${verb}"`;
}

/** What a clause shows, and what is said of anything else. */
export interface Shown {
  kinds: readonly CelKind[];
  only: string;
  /** So is what is in lists and maps. */
  isDeep?: true;
}

const INTEGERS: readonly CelKind[] = ['int', 'uint'];
const DOUBLES: readonly CelKind[] = ['double', 'string'];
const hex: Shown = {
  kinds: [...INTEGERS, 'string', 'bytes'],
  only: 'only integers, byte buffers, and strings can be formatted as hex',
};

export const SHOWN: Readonly<Record<string, Shown>> = {
  s: {
    kinds: [...INTEGERS, ...DOUBLES, 'list', 'map', 'bool', 'timestamp', 'bytes', 'duration', 'type', 'null'],
    only: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
    isDeep: true,
  },
  d: { kinds: INTEGERS, only: 'decimal clause can only be used on integers' },
  f: { kinds: DOUBLES, only: 'fixed-point clause can only be used on doubles' },
  e: { kinds: DOUBLES, only: 'scientific clause can only be used on doubles' },
  b: { kinds: [...INTEGERS, 'bool'], only: 'only integers and bools can be formatted as binary' },
  x: hex,
  X: hex,
  o: { kinds: INTEGERS, only: 'octal clause can only be used on integers' },
};

function wrongPart(
  part: Expression,
  shown: Shown | undefined,
  typeOf: (part: Expression) => CelType,
): ExpressionError | undefined {
  if (!shown) return undefined;
  const type = typeOf(part);
  if (type.name !== 'dyn' && !shown.kinds.includes(type.kind))
    return { at: part.at, text: `error during formatting: ${shown.only}, was given ${runtimeName(type)}` };
  const parts = !shown.isDeep ? [] : part.kind === 'list' ? part.items : part.kind === 'map' ? part.entries.flat() : [];
  for (const one of parts) {
    const wrong = wrongPart(one, shown, typeOf);
    if (wrong) return wrong;
  }
  return undefined;
}

/** Types as values have them are named so. */
const RUNTIME_NAMES: ReadonlyMap<string, string> = new Map([
  ['any', 'google.protobuf.Any'],
  ['duration', 'google.protobuf.Duration'],
  ['null', 'null_type'],
  ['timestamp', 'google.protobuf.Timestamp'],
]);

const runtimeName = ({ name }: CelType): string => RUNTIME_NAMES.get(name) ?? name;
