import { LIST_COST, STRUCT_COST } from '../call-cost.ts';
import type { CelType } from '../cel-type.ts';
import { type CallEstimate, type CallSize, type Node, ownSize, READING, reading, sizeOfNode } from './called.ts';
import { declaredAt, type Estimate } from './estimate.ts';
import { added, multiplied, type Size, sizeOf, UNKNOWN } from './size.ts';
import { GREATEST, product, scaled, sum, wrapped } from './uint64.ts';
import { namesOf } from './value-path.ts';

/** What calls about lists may cost. Source: cel-go, `ext/lists.go` and `ext/sets.go`; k8s.io/apiserver, `pkg/cel/library/cost.go`. */

/** Of the items of a list; undefined of what has no type of items. */
function itemOf({ path, type }: Node, estimate: Estimate): { type: CelType; size: Size } | undefined {
  const [item] = type().params;
  const size = declaredAt(path && [...namesOf(path), '@items'], estimate) ?? UNKNOWN;
  return item && { type: item, size };
}

const isRead = ({ kind }: CelType): boolean => kind === 'string' || kind === 'bytes';

/** Through all of it; `indexOf` is one of texts too. */
const walking: CallEstimate = ({ target }, estimate) => {
  if (!target) return undefined;
  const size = sizeOfNode(target, estimate);
  const item = itemOf(target, estimate);
  if (!item) return { cost: reading(size) };
  return { cost: product(size.most, isRead(item.type) ? sum(1n, reading(item.size)) : 1n) };
};

const joining: CallEstimate = ({ target, args: [by] }, estimate) => {
  if (!target) return undefined;
  const list = sizeOfNode(target, estimate);
  const item = itemOf(target, estimate);
  const texts = item ? multiplied(list, item.size) : sizeOf(0);
  const size = by ? added(texts, multiplied(sizeOfNode(by, estimate), betweenItems(list))) : texts;
  return { cost: reading(size), size };
};

const betweenItems = ({ least, most }: Size): Size => ({
  least: least > 0n ? least - 1n : 0n,
  most: most > 0n ? most - 1n : 0n,
});

/** A list that is made, with so much for each item. */
const making = (size: Size, factor = 1): CallSize => ({
  cost: sum(sum(scaled(size.most, factor), 1n), BigInt(LIST_COST)),
  size,
});

/** What is written out, or else `otherwise`. */
function writtenCount(node: Node | undefined, otherwise: bigint): bigint {
  const value = node?.part.kind === 'literal' ? node.part.value : undefined;
  if (typeof value !== 'bigint') return otherwise;
  return value < 0n ? 0n : value;
}

const slicing: CallEstimate = ({ target, args: [from, to] }, estimate) => {
  if (!target) return undefined;
  const { most } = sizeOfNode(target, estimate);
  return making(sizeOf(wrapped(writtenCount(to, most) - writtenCount(from, 0n))));
};

const flattening: CallEstimate = ({ target, args: [depth] }, estimate) =>
  target && making(sizeOfNode(target, estimate), depth ? Number(writtenCount(depth, GREATEST)) : 1);

/** Each item with each. */
const comparingItems = (node: Node | undefined, factor: number, estimate: Estimate): CallSize | undefined => {
  const size = node && sizeOfNode(node, estimate);
  return size && making(multiplied(size, size), factor);
};

const factorOf = (list: CelType | undefined): number => (list?.params[0] && isRead(list.params[0]) ? 2 + READING : 2);

const comparingSets =
  (factor: number): CallEstimate =>
  ({ args: [a, b] }, estimate) => {
    if (!a || !b) return undefined;
    const { most } = multiplied(sizeOfNode(a, estimate), sizeOfNode(b, estimate));
    return { cost: sum(scaled(most, factor), 1n) };
  };

/** A selector has at most a requirement for every two characters. */
const selecting: CallEstimate = ({ args: [text] }, estimate) => {
  if (!text) return undefined;
  const size = sizeOfNode(text, estimate);
  const requirements = scaled(scaled(size.most, 0.5), LIST_COST + STRUCT_COST);
  return { cost: sum(sum(BigInt(LIST_COST), reading(size)), requirements) };
};

export const LIST_ESTIMATES: Readonly<Record<string, CallEstimate>> = {
  isSorted: walking,
  sum: walking,
  max: walking,
  min: walking,
  indexOf: walking,
  lastIndexOf: walking,
  join: joining,
  slice: slicing,
  flatten: flattening,
  'lists.range': ({ args: [count] }) => making(sizeOf(writtenCount(count, GREATEST))),
  reverse: ({ target }, estimate) => target && making(sizeOfNode(target, estimate)),
  distinct: ({ target }, estimate) => comparingItems(target, 2, estimate),
  sort: ({ target, overload: { args } }, estimate) => comparingItems(target, factorOf(args[0]), estimate),
  '@sortByAssociatedKeys': ({ args: [keys], overload }, estimate) =>
    comparingItems(keys, factorOf(overload.args[1]), estimate),
  'sets.contains': comparingSets(1),
  'sets.intersects': comparingSets(1),
  'sets.equivalent': comparingSets(2),
  '@in': ({ args: [, whole], overload: { args } }) =>
    args[1]?.kind === 'list' ? { cost: scaled(ownSize(whole).most, 1) } : undefined,
  fieldSelector: selecting,
  labelSelector: selecting,
};
