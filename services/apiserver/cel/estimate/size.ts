import { GREATEST, greater, lesser, product, sum } from './uint64.ts';

/** How large a value may be, at least and at most: characters, bytes, items, entries. What has no parts is 1. */
export interface Size {
  least: bigint;
  most: bigint;
}

export const sizeOf = (size: bigint | number): Size => ({ least: BigInt(size), most: BigInt(size) });
export const UNKNOWN: Size = { least: 0n, most: GREATEST };
/** Of no items: any other is larger than this one at its least, and at its most. */
export const NONE: Size = { least: GREATEST, most: 0n };

export const added = (a: Size, b: Size): Size => ({ least: sum(a.least, b.least), most: sum(a.most, b.most) });
export const multiplied = (a: Size, b: Size): Size => ({
  least: product(a.least, b.least),
  most: product(a.most, b.most),
});
/** Of one or the other. */
export const either = (a: Size, b: Size): Size => ({ least: lesser(a.least, b.least), most: greater(a.most, b.most) });

/** Of the keys (or indices) and the values of a list or a map that an expression makes. */
export interface EntrySize {
  container: 'list' | 'map';
  key: Size;
  value: Size;
}

export const eitherEntry = (a: EntrySize | undefined, b: EntrySize | undefined): EntrySize | undefined =>
  a && b && { container: a.container, key: either(a.key, b.key), value: either(a.value, b.value) };
