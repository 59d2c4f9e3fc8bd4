import { addWork, ITEM_WORK } from './budget.ts';
import { type CelValue, isList, isMap, Opaque, Optional, valuesOf } from './cel-value.ts';
import { charCount } from './char-count.ts';
import { CIDR_TYPE, IP_TYPE } from './opaque-values.ts';

/**
 * What a call costs by the arguments that it gets. One that is not listed costs 1.
 * Source: cel-go, `interpreter/runtimecost.go`, `ext/lists.go` and `ext/sets.go`; k8s.io/apiserver, `pkg/cel/library/cost.go`.
 */
export function callCost(name: string, args: readonly CelValue[]): number {
  const cost = Object.hasOwn(COSTS, name) ? COSTS[name] : undefined;
  const [first = null, second = null] = args;
  return cost ? cost(first, second, args) : 1;
}

type Cost = (first: CelValue, second: CelValue, args: readonly CelValue[]) => number;

/** Of a list or a map that an expression writes down, unless all of it is constant. */
export const LIST_COST = 10;
export const MAP_COST = 30;
export const STRUCT_COST = 40;

const isText = (value: CelValue): value is string | Uint8Array =>
  typeof value === 'string' || value instanceof Uint8Array;

/** Characters, bytes, items or entries; 1 for what has no parts. */
function sizeOf(value: CelValue): number {
  if (typeof value === 'string') return charCount(value);
  if (value instanceof Uint8Array || isList(value)) return value.length;
  if (value instanceof Optional) return value.value === undefined ? 1 : sizeOf(value.value);
  if (value instanceof Opaque) return addressSize(value);
  return isMap(value) ? value.size : 1;
}

const addressSize = ({ type, value }: Opaque): number =>
  type !== IP_TYPE && type !== CIDR_TYPE ? 1 : (value as { family: number }).family === 4 ? 4 : 16;

/** To read a text so many times. */
const reading =
  (times = 1): Cost =>
  (text) =>
    traversal(sizeOf(text) * times);

const traversal = (size: number): number => Math.ceil(size * 0.1);

const matching: Cost = (text, pattern) => traversal(1 + sizeOf(text)) * Math.ceil(sizeOf(pattern) * 0.25);

const comparing: Cost = (a, b) => {
  if (a instanceof Opaque && b instanceof Opaque) return 1;
  return traversal(Math.min(sizeOf(a), sizeOf(b)));
};

/** Texts by their length; other values are compared at once. */
const ordering: Cost = (a, b) => (isText(a) && isText(b) ? comparing(a, b, []) : 1);

/** Of a list with all that is in it. */
function walking(value: CelValue): number {
  addWork(ITEM_WORK);
  if (isText(value)) return Math.floor(Buffer.byteLength(value) * 0.1);
  if (isList(value)) return valuesOf(value).reduce((sum: number, item) => sum + walking(item), 0);
  if (!isMap(value)) return 1;
  return value.keys().reduce((sum: number, key) => sum + walking(key) + walking(value.find(key) ?? null), 0);
}

/** Of an argument that says how much; what is no such number is refused by the call. */
const countOf = (value: CelValue | undefined): number => (typeof value === 'bigint' ? Math.max(0, Number(value)) : 0);

const allocating = (size: number): number => Math.floor(size) + 1 + LIST_COST;

/** Each item with each. */
function withItself(list: CelValue): number {
  const size = sizeOf(list);
  const first = isList(list) && size > 0 ? list.at(0) : null;
  return allocating(size * size * (isText(first) ? 2.1 : 2));
}

const sets =
  (factor: number): Cost =>
  (list, other) =>
    1 + sizeOf(list) * sizeOf(other) * factor;

/** A check is this dear so that an expression can make two of them. */
const AUTHORIZATION = 350_000;
const SELECTOR_PART = LIST_COST + STRUCT_COST;
const selecting: Cost = (_check, text) =>
  LIST_COST + traversal(sizeOf(text)) + Math.ceil(sizeOf(text) / 2) * SELECTOR_PART;

const joining: Cost = (list, by) => {
  const texts = isList(list) ? valuesOf(list) : [];
  const length = texts.reduce((sum: number, text) => sum + sizeOf(text), 0);
  return traversal((length + Math.max(0, texts.length - 1) * (by === null ? 0 : sizeOf(by))) * 2);
};

/** A range is compared with as many bytes as it has. */
const within: Cost = (range, other) => traversal(sizeOf(range) * 2) + (isText(other) ? traversal(sizeOf(other)) : 0);

/** More than any name may have. */
const LONGEST_NAME_PATTERN = 128;

const COSTS: Readonly<Record<string, Cost>> = {
  startsWith: reading(),
  endsWith: reading(),
  bytes: (value) => (typeof value === 'string' ? reading()(value, null, []) : 1),
  string: (value) => (value instanceof Uint8Array ? reading()(value, null, []) : 1),
  'strings.quote': reading(),
  format: reading(),
  '@in': (_value, whole) => (isList(whole) ? whole.length : 1),
  '_<_': ordering,
  '_<=_': ordering,
  '_>_': ordering,
  '_>=_': ordering,
  '_==_': comparing,
  '_!=_': comparing,
  '_+_': (a, b) => (isText(a) && isText(b) ? traversal(sizeOf(a) + sizeOf(b)) : 1),
  matches: matching,
  find: matching,
  findAll: matching,
  contains: (text, part) => traversal(sizeOf(text)) * traversal(sizeOf(part)),
  check: () => AUTHORIZATION,
  fieldSelector: selecting,
  labelSelector: selecting,
  isSorted: walking,
  sum: walking,
  max: walking,
  min: walking,
  indexOf: walking,
  lastIndexOf: walking,
  url: reading(),
  lowerAscii: reading(),
  upperAscii: reading(),
  substring: reading(),
  trim: reading(),
  replace: reading(2),
  split: reading(2),
  join: joining,
  cidr: reading(),
  isIP: reading(),
  isCIDR: reading(),
  ip: (value) => (isText(value) ? reading()(value, null, []) : 1),
  'ip.isCanonical': reading(2),
  containsIP: within,
  containsCIDR: (range, other) => within(range, other, []) + traversal(sizeOf(range)) + 1,
  quantity: reading(),
  isQuantity: reading(),
  semver: reading(),
  isSemver: reading(),
  validate: (_format, text) => traversal(1 + sizeOf(text)) * Math.ceil(LONGEST_NAME_PATTERN * 0.25),
  slice: (_list, from, [, , to]) => allocating(Math.max(0, countOf(to) - countOf(from))),
  reverse: (list) => allocating(sizeOf(list)),
  flatten: (list, depth) => allocating((depth === null ? 1 : countOf(depth)) * sizeOf(list)),
  'lists.range': (count) => allocating(countOf(count)),
  distinct: withItself,
  sort: withItself,
  '@sortByAssociatedKeys': (_list, keys) => withItself(keys),
  'sets.contains': sets(1),
  'sets.intersects': sets(1),
  'sets.equivalent': sets(2),
};
