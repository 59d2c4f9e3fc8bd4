import { closeSync, openSync, readSync } from 'node:fs';
import { StorageDirectoryError } from './storage-errors.ts';

/**
 * Walks the trees of an LMDB data file before LMDB does, and refuses a file in which a page is not what it should be: LMDB trusts its pages, so a bit that
 * flipped in one could hide keys, or end the process at the next write. Contents of values are not read here; they have checksums of their own.
 *
 * The format (LMDB 1.0 on 64 bits, little-endian): a page begins with its number (8 bytes), transaction (8), padding, flags, lower and upper bound (2 each),
 * then offsets of its nodes, counted from the end of this header. A node has its data's size or, in a branch, a child's page number, in two halves (2 each),
 * flags (2; the top of a child's number), key size (2), key, data.
 */
const HEADER = 24;
const NODE_HEADER = 8;
const BRANCH = 1;
const LEAF = 2;
const OVERFLOW = 4;
/** Node flags: the data is on pages of its own; the data describes a tree. */
const BIG = 1;
const TREE = 2;
const TREE_BYTES = 48;
const NONE = 0xffffffffffffffffn;
/** Of the newer meta page: the tree of free pages and that of tables. */
const TREES_AT = [48, 96];
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;

interface Tree {
  depth: number;
  entries: number;
  root: bigint;
  /** The keys are numbers of the machine, not bytes. */
  hasNumberKeys: boolean;
}

interface Walk {
  pageSize: number;
  read(page: number): Buffer;
  /** Notes that pages are in use. Throws if one is not there or is used twice. */
  use(first: number, count: number): void;
}

/** Of a file that `checkLmdbFile` found whole and not empty. Throws `StorageDirectoryError`. */
export function checkLmdbPages(path: string): void {
  const file = openSync(path, 'r');
  try {
    const pageSize = readAt(file, 48, 4).readUInt32LE();
    const metas = [0, pageSize].map((at) => readAt(file, at, pageSize));
    const [first, second] = metas as [Buffer, Buffer];
    const meta = transactionOf(second) > transactionOf(first) ? second : first;
    const walk = newWalk(file, pageSize, Number(meta.readBigUInt64LE(LAST_PAGE_AT)));
    for (const [index, at] of TREES_AT.entries())
      checkTree(walk, treeAt(meta, at, index === 0), index === 1 ? checkTable(walk) : () => {});
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StorageDirectoryError(`the file ${path} is damaged: ${why}`, { cause: error });
  } finally {
    closeSync(file);
  }
}

const transactionOf = (meta: Buffer): bigint => meta.readBigUInt64LE(TRANSACTION_AT);

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (readSync(file, bytes, 0, length, position) !== length)
    throw new Error(`it ends before byte ${position + length}`);
  return bytes;
}

function newWalk(file: number, pageSize: number, lastPage: number): Walk {
  const used = new Uint8Array(lastPage + 1);
  return {
    pageSize,
    read: (page) => readAt(file, page * pageSize, pageSize),
    use(first, count) {
      if (count < 1 || first < 2 || first + count - 1 > lastPage) throw new Error(`there is no page ${first}`);
      for (let page = first; page < first + count; page++) {
        if (used[page]) throw new Error(`page ${page} is used twice`);
        used[page] = 1;
      }
    },
  };
}

function treeAt(bytes: Buffer, at: number, hasNumberKeys: boolean): Tree {
  const depth = bytes.readUInt16LE(at + 6);
  const entries = Number(bytes.readBigUInt64LE(at + 32));
  return { depth, entries, root: bytes.readBigUInt64LE(at + 40), hasNumberKeys };
}

type LeafCheck = (node: Node, page: Buffer) => void;

function checkTree(walk: Walk, tree: Tree, checkLeaf: LeafCheck): void {
  if (tree.root === NONE) {
    if (tree.entries !== 0) throw new Error('a tree has entries and no root');
    return;
  }
  const count = checkPage(walk, tree, { page: Number(tree.root), level: 1, checkLeaf });
  if (count !== tree.entries) throw new Error(`a tree has ${count} entries instead of ${tree.entries}`);
}

/** The data of the tree of tables: each describes a tree. */
function checkTable(walk: Walk): LeafCheck {
  return ({ flags, size, dataAt }, page) => {
    if ((flags & TREE) === 0) return;
    if (size !== TREE_BYTES) throw new Error('a table is not described');
    checkTree(walk, treeAt(page, dataAt, false), () => {});
  };
}

/** Without the three flags that are for LMDB's own bookkeeping in memory. */
const kindOf = (page: Buffer): number => page.readUInt16LE(18) & 0x1fff;

interface Place {
  page: number;
  /** 1 at the root. */
  level: number;
  /** Keys of this page are not less than `low` and less than `high`. */
  low?: Buffer;
  high?: Buffer;
  checkLeaf: LeafCheck;
}

/** How many entries there are from this page on. */
function checkPage(walk: Walk, tree: Tree, place: Place): number {
  walk.use(place.page, 1);
  const page = walk.read(place.page);
  const isLeaf = place.level === tree.depth;
  if (page.readBigUInt64LE(0) !== BigInt(place.page)) throw new Error(`page ${place.page} says that it is another`);
  if (kindOf(page) !== (isLeaf ? LEAF : BRANCH)) throw new Error(`page ${place.page} is of another kind`);
  const nodes = nodesOf(page, place.page);
  checkKeys(tree, nodes, { ...place, isLeaf });
  if (!isLeaf) return checkChildren(walk, tree, { nodes, place });
  for (const node of nodes) {
    if (node.flags & BIG) checkOverflow(walk, node, page);
    else if (node.dataAt + node.size > walk.pageSize) throw new Error(`page ${place.page} has data beyond its end`);
    place.checkLeaf(node, page);
  }
  return nodes.length;
}

function checkChildren(walk: Walk, tree: Tree, { nodes, place }: { nodes: Node[]; place: Place }): number {
  let count = 0;
  for (const [index, { child, key }] of nodes.entries()) {
    const low = index === 0 ? place.low : key;
    const high = nodes[index + 1]?.key ?? place.high;
    const { checkLeaf } = place;
    const bounds = { ...(low ? { low } : {}), ...(high ? { high } : {}) };
    count += checkPage(walk, tree, { page: child, level: place.level + 1, checkLeaf, ...bounds });
  }
  return count;
}

interface Node {
  key: Buffer;
  flags: number;
  /** Of the data of a leaf's node. */
  size: number;
  dataAt: number;
  /** The page that a branch's node leads to. */
  child: number;
}

function nodesOf(page: Buffer, number: number): Node[] {
  const lower = page.readUInt16LE(20);
  const upper = page.readUInt16LE(22);
  if (lower === 0 || lower % 2 !== 0 || lower > upper || HEADER + upper > page.length)
    throw new Error(`page ${number} has impossible bounds`);
  return Array.from({ length: lower / 2 }, (_, index) => {
    const at = HEADER + page.readUInt16LE(HEADER + 2 * index);
    if (at < HEADER + upper || at + NODE_HEADER > page.length) throw new Error(`page ${number} has a node outside`);
    return nodeAt(page, at, number);
  });
}

function nodeAt(page: Buffer, at: number, number: number): Node {
  const size = page.readUInt32LE(at);
  const flags = page.readUInt16LE(at + 4);
  const keyAt = at + NODE_HEADER;
  const dataAt = keyAt + page.readUInt16LE(at + 6);
  if (dataAt > page.length) throw new Error(`page ${number} has a key beyond its end`);
  return { key: page.subarray(keyAt, dataAt), flags, size, dataAt, child: size + flags * 2 ** 32 };
}

/** In order, and between what the pages above say. The first key of a branch is empty: it stands for whatever is least. */
function checkKeys(
  { hasNumberKeys }: Tree,
  nodes: Node[],
  { page, low, high, isLeaf }: Pick<Place, 'page' | 'low' | 'high'> & { isLeaf: boolean },
): void {
  const compare = hasNumberKeys ? compareNumbers : Buffer.compare;
  const keys = nodes.slice(isLeaf ? 0 : 1).map(({ key }) => key);
  const inOrder = keys.every((key, index) => index === 0 || compare(keys[index - 1] ?? key, key) < 0);
  const [first] = keys;
  const last = keys.at(-1);
  const isInside = (!low || !first || compare(first, low) >= 0) && (!high || !last || compare(last, high) < 0);
  if (!inOrder || !isInside) throw new Error(`the keys of page ${page} are not in order`);
}

function compareNumbers(a: Buffer, b: Buffer): number {
  if (a.length !== 8 || b.length !== 8) throw new Error('a key is not a number');
  const [left, right] = [a.readBigUInt64LE(), b.readBigUInt64LE()];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The pages of a large value, of which only the first has a header. */
function checkOverflow(walk: Walk, { size, dataAt }: Node, page: Buffer): void {
  if (dataAt + 24 > page.length) throw new Error('a large value has no place');
  const first = Number(page.readBigUInt64LE(dataAt));
  const count = Number(page.readBigUInt64LE(dataAt + 16));
  if (count !== Math.ceil((HEADER + size) / walk.pageSize))
    throw new Error(`a large value is not of its ${count} pages`);
  walk.use(first, count);
  const header = walk.read(first);
  const isFirst = header.readBigUInt64LE(0) === BigInt(first) && kindOf(header) === OVERFLOW;
  if (!isFirst || header.readUInt32LE(20) !== count) throw new Error(`page ${first} is not that of a large value`);
}
