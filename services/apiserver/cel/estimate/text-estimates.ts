import type { Expression } from '../expression.ts';
import {
  type CallEstimate,
  type Called,
  type CallSize,
  matchingParts,
  type Node,
  ONE,
  ownSize,
  READING,
  reading,
  sizeOfNode,
} from './called.ts';
import type { Estimate } from './estimate.ts';
import { added, type Size, sizeOf } from './size.ts';
import { product, scaled, sum, wrapped } from './uint64.ts';

/** What calls about texts may cost. Source: k8s.io/apiserver, `pkg/cel/library/cost.go`; cel-go, `checker/cost.go`. */

/** To read the first argument so many times. */
const readingFirst =
  (times = 1): CallEstimate =>
  ({ args: [first] }, estimate) =>
    first && { cost: reading(sizeOfNode(first, estimate), times) };

/** What comes of it is as long as what it is called on. */
const changing: CallEstimate = ({ target }, estimate) => target && sameLength(target, estimate);

const changingFirst: CallEstimate = ({ args: [first] }, estimate) => first && sameLength(first, estimate);

function sameLength(node: Node, estimate: Estimate): CallSize {
  const size = sizeOfNode(node, estimate);
  return { cost: reading(size), size };
}

const replacing: CallEstimate = ({ target, args: [old, by] }, estimate) => {
  if (!target || !old || !by) return undefined;
  const [size, replaced, replacement] = [target, old, by].map((node) => sizeOfNode(node, estimate)) as [
    Size,
    Size,
    Size,
  ];
  return {
    cost: reading(size, 2),
    size: { least: leastReplaced(size, replaced, replacement), most: mostReplaced(size, replaced, replacement) },
  };
};

/** An empty text is found before and after each character. */
function mostReplaced({ most }: Size, replaced: Size, { most: longest }: Size): bigint {
  if (replaced.least === 0n) return sum(product(sum(most, 1n), longest), most);
  return longest <= replaced.least ? most : product(dividedUp(most, replaced.least), longest);
}

function leastReplaced({ least }: Size, replaced: Size, { least: shortest }: Size): bigint {
  if (replaced.most === 0n) return sum(product(sum(least, 1n), shortest), least);
  return replaced.most <= shortest ? least : product(dividedUp(least, replaced.most), shortest);
}

const dividedUp = (a: bigint, b: bigint): bigint => BigInt(Math.ceil(Number(a) / Number(b)));

/** The value of a number that is written out. */
function writtenNumber(part: Expression | undefined): bigint | undefined {
  return part?.kind === 'literal' && typeof part.value === 'bigint' ? part.value : undefined;
}

/** At most into its characters. */
const splitting: CallEstimate = ({ target, args: [, limit] }, estimate) => {
  if (!target) return undefined;
  const size = sizeOfNode(target, estimate);
  const parts = writtenNumber(limit?.part);
  return { cost: reading(size, 2), size: { least: 0n, most: parts === undefined ? size.most : wrapped(parts) } };
};

const matchingCost = (text: Size, pattern: Size): bigint =>
  product(reading(added(text, sizeOf(1))), matchingParts(pattern));

const finding: CallEstimate = ({ target, args: [pattern] }, estimate) => {
  if (!target || !pattern) return undefined;
  const size = sizeOfNode(target, estimate);
  return { cost: matchingCost(size, sizeOfNode(pattern, estimate)), size: { least: 0n, most: size.most } };
};

const isText = ({ overload: { args } }: Called, index: number, kind = 'string'): boolean => args[index]?.kind === kind;

const converting =
  (kind: string, sized: (size: Size) => Size): CallEstimate =>
  (called) => {
    const size = ownSize(called.args[0]);
    return isText(called, 0, kind) ? { cost: reading(size), size: sized(size) } : undefined;
  };

const comparing: CallEstimate = (called) => {
  if (!isText(called, 0) && !isText(called, 0, 'bytes')) return undefined;
  return isText(called, 1) || isText(called, 1, 'bytes') ? { cost: comparingCost(called) } : undefined;
};

/** As much as the shorter has. */
export function comparingCost({ args: [a, b] }: Called): bigint {
  const [one, other] = [ownSize(a).most, ownSize(b).most];
  return scaled(one < other ? one : other, READING);
}

/** Texts and bytes are copied, lists not. */
const adding: CallEstimate = (called) => {
  const [a, b] = called.args;
  const size = added(ownSize(a), ownSize(b));
  if (isText(called, 0, 'list')) return { ...ONE, size };
  return isText(called, 0) || isText(called, 0, 'bytes') ? { cost: reading(size), size } : undefined;
};

/** More than any name may have. */
const NAME_PATTERN = 128;

/** An address has up to 16 bytes, which are compared with those of another. */
const ADDRESS = sizeOf(16);

const ranging =
  (more: bigint): CallEstimate =>
  (called, estimate) => {
    const [other] = called.args;
    const parsing = other && isText(called, 1) ? reading(sizeOfNode(other, estimate)) : 0n;
    return { cost: sum(sum(reading(added(ADDRESS, ADDRESS)), more), parsing) };
  };

export const TEXT_ESTIMATES: Readonly<Record<string, CallEstimate>> = {
  url: changingFirst,
  lowerAscii: changing,
  upperAscii: changing,
  substring: changing,
  trim: changing,
  replace: replacing,
  split: splitting,
  find: finding,
  findAll: finding,
  matches: ({ target, args: [pattern] }) => target && { cost: matchingCost(ownSize(target), ownSize(pattern)) },
  contains: ({ target, args: [part] }) => target && { cost: product(reading(ownSize(target)), reading(ownSize(part))) },
  startsWith: ({ args: [part] }) => ({ cost: reading(ownSize(part)) }),
  endsWith: ({ args: [part] }) => ({ cost: reading(ownSize(part)) }),
  format: ({ target }) => target && { cost: reading(ownSize(target)) },
  bytes: converting('string', ({ least, most }) => ({ least, most: wrapped(most * 4n) })),
  string: converting('bytes', ({ least, most }) => ({ least: least / 4n, most })),
  'strings.quote': converting('string', ({ least, most }) => ({
    least: wrapped(least + 2n),
    most: wrapped(most * 2n + 2n),
  })),
  '_<_': comparing,
  '_<=_': comparing,
  '_>_': comparing,
  '_>=_': comparing,
  '_+_': adding,
  cidr: readingFirst(),
  isIP: readingFirst(),
  isCIDR: readingFirst(),
  ip: (called, estimate) => (called.target ? ONE : readingFirst()(called, estimate)),
  'ip.isCanonical': readingFirst(2),
  containsIP: ranging(0n),
  containsCIDR: ranging(sum(reading(ADDRESS), 1n)),
  quantity: readingFirst(),
  isQuantity: readingFirst(),
  semver: readingFirst(),
  isSemver: readingFirst(),
  validate: ({ args: [text] }, estimate) =>
    text && { cost: scaled(reading(sizeOfNode(text, estimate)), Number(matchingParts(sizeOf(NAME_PATTERN)))) },
};
