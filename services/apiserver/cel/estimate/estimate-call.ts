import type { CheckedCall } from '../check-expression.ts';
import type { Call, Expression } from '../expression.ts';
import type { Overload } from '../functions.ts';
import { estimateOverload } from './call-estimates.ts';
import type { Called, CallSize, Node } from './called.ts';
import { type Estimate, entrySize, knownSize, notePath, noteSizes, pathTo } from './estimate.ts';
import { either, eitherEntry, type Size, UNKNOWN } from './size.ts';
import { greater, sum } from './uint64.ts';
import { below } from './value-path.ts';

type CostOf = (part: Expression, estimate: Estimate) => bigint;

/** What a call costs with all that it is made of; how large its result can be is noted. Source: cel-go, `checker/cost.go`. */
export function costOfCall(call: Call, estimate: Estimate, costOf: CostOf): bigint {
  const { name, target, args } = call;
  if (name === 'dyn' && !target) return unchangedCost(call, estimate, costOf);
  const costs: bigint[] = [];
  const nodes: Node[] = [];
  for (const arg of args) {
    costs.push(costOf(arg, estimate));
    nodes.push(nodeOf(arg, estimate));
  }
  const all = costs.reduce(sum, 0n);
  if (name === '_&&_' || name === '_||_') return all;
  if (name === '_?_:_') return choiceCost(call, { costs, nodes }, estimate);
  const checked = estimate.callOf(call);
  if (!checked || checked.overloads.length === 0) return 0n;
  const ofTarget = checked.isMember && target ? costOf(target, estimate) : 0n;
  const called = { args: nodes, ...(checked.isMember && target ? { target: nodeOf(target, estimate) } : {}) };
  return sum(sum(ofTarget, all), overloadsCost(call, checked, called, estimate));
}

const nodeOf = (part: Expression, estimate: Estimate): Node => ({
  part,
  path: pathTo(part, estimate),
  size: knownSize(part, estimate),
  type: () => estimate.typeOf(part),
});

/** `dyn(value)` is the value. */
function unchangedCost(call: Call, estimate: Estimate, costOf: CostOf): bigint {
  const [arg = call] = call.args;
  const cost = sum(costOf(arg, estimate), 1n);
  noteSizes(call, knownSize(arg, estimate), entrySize(arg, estimate), estimate);
  return cost;
}

function choiceCost(call: Call, { costs, nodes }: { costs: bigint[]; nodes: Node[] }, estimate: Estimate): bigint {
  const [condition = 0n, yes = 0n, no = 0n] = costs;
  const [, first, second] = nodes;
  const [one, other] = call.args.slice(1);
  const entry = one && other && eitherEntry(entrySize(one, estimate), entrySize(other, estimate));
  noteSizes(call, either(first?.size ?? UNKNOWN, second?.size ?? UNKNOWN), entry, estimate);
  return sum(condition, greater(yes, no));
}

type Parts = Pick<Called, 'target' | 'args'>;

/** Of all that a call may be the dearest; without its arguments. */
function overloadsCost(call: Call, { name, overloads }: CheckedCall, parts: Parts, estimate: Estimate): bigint {
  let cost = 0n;
  let size: Size | undefined;
  for (const overload of overloads) {
    const own = ofOverload(call, { ...parts, name, overload }, estimate);
    cost = greater(cost, own.cost);
    if (own.size) size = size ? either(size, own.size) : own.size;
    const item = itemOf(call, overload, estimate);
    if (item) size = item.size;
    size ??= knownSize(call, estimate);
  }
  noteSizes(call, size, undefined, estimate);
  return cost;
}

function ofOverload(call: Call, called: Called, estimate: Estimate): CallSize {
  const [one, other] = call.args;
  if (called.name === '_+_' && one && other && isSized(called.overload))
    noteSizes(call, undefined, eitherEntry(entrySize(one, estimate), entrySize(other, estimate)), estimate);
  return estimateOverload(called, estimate);
}

const isSized = ({ args: [first] }: Overload): boolean => ['string', 'bytes', 'list'].includes(first?.kind ?? '');

/** An item of a list or an entry of a map has a path of its own. */
function itemOf(call: Call, { args: [first] }: Overload, estimate: Estimate): { size: Size | undefined } | undefined {
  const [whole] = call.args;
  if (call.name !== '_[_]' || !whole || (first?.kind !== 'list' && first?.kind !== 'map')) return undefined;
  notePath(call, below(pathTo(whole, estimate), first.kind === 'list' ? '@items' : '@values'), estimate);
  return { size: entrySize(whole, estimate)?.value };
}
