import type { CelType } from '../cel-type.ts';
import type { Expression } from '../expression.ts';
import type { Overload } from '../functions.ts';
import { declaredAt, type Estimate } from './estimate.ts';
import { type Size, UNKNOWN } from './size.ts';
import { scaled } from './uint64.ts';
import { namesOf, type ValuePath } from './value-path.ts';

/** A part of a call as it was when it was reached. */
export interface Node {
  part: Expression;
  path: ValuePath | undefined;
  size: Size | undefined;
  type: () => CelType;
}

/** A call as one of what it may be. */
export interface Called {
  name: string;
  overload: Overload;
  target?: Node;
  args: readonly Node[];
}

/** What it costs without its arguments, and how large the result is where that is known. */
export interface CallSize {
  cost: bigint;
  size?: Size;
}

/** Undefined where it is a call like any other. */
export type CallEstimate = (called: Called, estimate: Estimate) => CallSize | undefined;

export const ONE: CallSize = { cost: 1n };

/** As it is known by itself. */
export const ownSize = (node: Node | undefined): Size => node?.size ?? UNKNOWN;

/** Or else as it is declared where it comes from. */
export const sizeOfNode = (node: Node, estimate: Estimate): Size =>
  node.size ?? declaredAt(node.path && namesOf(node.path), estimate) ?? UNKNOWN;

/** Of reading a text once costs this for each character. */
export const READING = 0.1;
export const reading = ({ most }: Size, times = 1): bigint => scaled(most, READING * times);

/** Of a pattern, for each character. */
const MATCHING = 0.25;
export const matchingParts = ({ most }: Size): bigint => scaled(most, MATCHING);
