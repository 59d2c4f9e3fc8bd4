import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  namedType,
  optionalOf,
  paramOf,
  STRING,
  TIMESTAMP,
  typeOf,
  UINT,
} from './cel-type.ts';
import { COMPARISONS, FORMATS, ORDERED, SIGNATURES, SUMMED } from './function-signatures.ts';

/** One way to call a function. The first argument of one that `isMember` is what it is called on. */
export interface Overload {
  isMember: boolean;
  args: readonly CelType[];
  result: CelType;
  /** The names of the types that the call decides. */
  parameters: readonly string[];
}

const PLAIN: Readonly<Record<string, CelType>> = {
  bool: BOOL,
  bytes: BYTES,
  double: DOUBLE,
  duration: DURATION,
  dyn: DYN,
  int: INT,
  string: STRING,
  timestamp: TIMESTAMP,
  uint: UINT,
  IP: namedType('opaque', 'net.IP'),
  CIDR: namedType('opaque', 'net.CIDR'),
  URL: namedType('object', 'kubernetes.URL'),
  Quantity: namedType('object', 'kubernetes.Quantity'),
  Semver: namedType('object', 'kubernetes.Semver'),
  Format: namedType('object', 'kubernetes.NamedFormat'),
  Authorizer: namedType('object', 'kubernetes.authorization.Authorizer'),
  PathCheck: namedType('object', 'kubernetes.authorization.PathCheck'),
  GroupCheck: namedType('object', 'kubernetes.authorization.GroupCheck'),
  ResourceCheck: namedType('object', 'kubernetes.authorization.ResourceCheck'),
  Decision: namedType('object', 'kubernetes.authorization.Decision'),
};

const MADE: Readonly<Record<string, (parts: CelType[]) => CelType>> = {
  list: ([item = DYN]) => listOf(item),
  map: ([key = DYN, value = DYN]) => mapOf(key, value),
  optional: ([value = DYN]) => optionalOf(value),
  type: ([type = DYN]) => typeOf(type),
};

/** The parts of `a, b<c, d>`. */
function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const char of text) {
    if (char === '<') depth++;
    if (char === '>') depth--;
    if (char === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += char;
  }
  return part.trim() === '' ? parts : [...parts, part.trim()];
}

function parseType(text: string): CelType {
  const plain = PLAIN[text];
  if (plain) return plain;
  if (/^[A-Z]$/.test(text)) return paramOf(text);
  const [, made = '', parts = ''] = /^(\w+)<(.*)>$/.exec(text) ?? [];
  const make = MADE[made];
  if (!make) throw new Error(`'${text}' is no type of CEL; correct it in function-signatures.ts`);
  return make(splitTypes(parts).map(parseType));
}

const parametersOf = (type: CelType): string[] =>
  type.kind === 'param' ? [type.name] : type.params.flatMap(parametersOf);

function parseSignature(text: string): Overload {
  const [, dot, args = '', result = ''] = /^(\.?)\((.*)\) (\S.*)$/.exec(text) ?? [];
  const types = [...splitTypes(args).map(parseType), parseType(result)];
  return {
    isMember: dot === '.',
    args: types.slice(0, -1),
    result: types.at(-1) ?? DYN,
    parameters: [...new Set(types.flatMap(parametersOf))],
  };
}

function allSignatures(): Record<string, readonly string[]> {
  const compared = Object.fromEntries(['_<_', '_<=_', '_>_', '_>=_'].map((name) => [name, COMPARISONS]));
  const formats = Object.fromEntries(FORMATS.map((name) => [`format.${name}`, ['() Format']]));
  const lists = {
    isSorted: ORDERED.map((type) => `.(list<${type}>) bool`),
    sum: SUMMED.map((type) => `.(list<${type}>) ${type}`),
    max: ORDERED.map((type) => `.(list<${type}>) ${type}`),
    min: ORDERED.map((type) => `.(list<${type}>) ${type}`),
    sort: ORDERED.map((type) => `.(list<${type}>) list<${type}>`),
    '@sortByAssociatedKeys': ORDERED.map((type) => `.(list<T>, list<${type}>) list<T>`),
  };
  return { ...SIGNATURES, ...compared, ...formats, ...lists };
}

const signatures = new Map(Object.entries(allSignatures()));
const known = new Map<string, readonly Overload[]>();

/** All ways to call a function or an operator; undefined if there is none of the name. */
export function overloadsOf(name: string): readonly Overload[] | undefined {
  const parsed = known.get(name) ?? signatures.get(name)?.map(parseSignature);
  if (parsed) known.set(name, parsed);
  return parsed;
}

/** Types are values too. */
export const TYPE_NAMES: ReadonlyMap<string, CelType> = new Map(
  Object.entries({
    bool: BOOL,
    bytes: BYTES,
    double: DOUBLE,
    'google.protobuf.Duration': DURATION,
    dyn: DYN,
    int: INT,
    list: listOf(DYN),
    map: mapOf(DYN, DYN),
    null_type: NULL,
    string: STRING,
    'google.protobuf.Timestamp': TIMESTAMP,
    type: typeOf(DYN),
    uint: UINT,
    optional_type: optionalOf(DYN),
    'net.IP': namedType('opaque', 'net.IP'),
    'net.CIDR': namedType('opaque', 'net.CIDR'),
    'kubernetes.URL': namedType('object', 'kubernetes.URL'),
    'kubernetes.Quantity': namedType('object', 'kubernetes.Quantity'),
    'kubernetes.Semver': namedType('object', 'kubernetes.Semver'),
    'kubernetes.NamedFormat': namedType('object', 'kubernetes.NamedFormat'),
  }).map(([name, type]) => [name, typeOf(type)]),
);
