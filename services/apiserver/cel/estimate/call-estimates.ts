import type { CelType } from '../cel-type.ts';
import { CIDR_TYPE, FORMAT_TYPE, IP_TYPE, QUANTITY_TYPE, SEMVER_TYPE, URL_TYPE } from '../opaque-values.ts';
import { type CallEstimate, type Called, type CallSize, ONE, reading } from './called.ts';
import type { Estimate } from './estimate.ts';
import { LIST_ESTIMATES } from './list-estimates.ts';
import { sizeOf } from './size.ts';
import { comparingCost, TEXT_ESTIMATES } from './text-estimates.ts';

/** What a call may cost without its arguments, by what they are. One that is not listed costs 1. Source: as that of `callCost`. */
export function estimateOverload(called: Called, estimate: Estimate): CallSize {
  const { name } = called;
  return (Object.hasOwn(ESTIMATES, name) ? ESTIMATES[name]?.(called, estimate) : undefined) ?? ONE;
}

/** A check is this dear so that an expression can make two of them. */
const AUTHORIZATION = 350_000n;

/** In characters. */
const LONGEST_FORMAT = 64;

const AT_ONCE = [IP_TYPE, CIDR_TYPE, QUANTITY_TYPE, SEMVER_TYPE];

const equalling: CallEstimate = (called) => {
  const [a, b] = called.args;
  const [type, other] = [a?.type(), b?.type()];
  return type && other && type.name === other.name ? equallingOwn(type, called) : { cost: comparingCost(called) };
};

/** Of the libraries' own types. */
function equallingOwn({ name }: CelType, called: Called): CallSize {
  if (AT_ONCE.includes(name) || name.startsWith('kubernetes.authorization.')) return ONE;
  if (name === FORMAT_TYPE) return { cost: reading(sizeOf(LONGEST_FORMAT)) };
  return { cost: name === URL_TYPE ? reading(called.args[1]?.size ?? sizeOf(1)) : comparingCost(called) };
}

const ESTIMATES: Readonly<Record<string, CallEstimate>> = {
  ...TEXT_ESTIMATES,
  ...LIST_ESTIMATES,
  check: () => ({ cost: AUTHORIZATION }),
  '_==_': equalling,
  '_!=_': (called) => ({ cost: comparingCost(called) }),
};
