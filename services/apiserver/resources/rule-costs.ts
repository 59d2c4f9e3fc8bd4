import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { product, sum } from '../cel/estimate/uint64.ts';
import { forbidden } from '../types/field-error.ts';
import { roundedToEven } from '../types/rounded-to-even.ts';

/**
 * What the rules of one schema may cost, each for itself with all the places where it can be asked in one object, and all together.
 * Source: apiextensions-apiserver, `pkg/apis/apiextensions/validation`.
 */

const MOST_OF_ONE = 10_000_000n;
const MOST_OF_ALL = 100_000_000n;

interface Cost {
  field: string;
  cost: bigint;
}

export interface Costs {
  total: bigint;
  /** The dearest first. */
  dearest: Cost[];
  /** No single one is refused. */
  keepsDear: boolean;
}

export const newCosts = ({ keepsDear }: { keepsDear: boolean }): Costs => ({ total: 0n, dearest: [], keepsDear });

export const times = (cost: bigint | undefined, often: bigint): bigint => product(cost ?? 0n, often);

/** Adds what a rule or a message may cost, and says whether it is too much by itself. */
export function noteCost(costs: Costs, name: 'rule' | 'messageExpression', one: Cost): StatusCause[] {
  costs.total = sum(costs.total, one.cost);
  if (one.cost >= MOST_OF_ALL / 100n) costs.dearest = [...costs.dearest, one].sort(byCost).slice(0, NAMED);
  if (costs.keepsDear || one.cost <= MOST_OF_ONE) return [];
  return [forbidden(one.field, tooDear(`estimated ${name} cost`, one.cost, MOST_OF_ONE))];
}

const NAMED = 4;
const byCost = (a: Cost, b: Cost): number => (a.cost === b.cost ? 0 : a.cost > b.cost ? -1 : 1);

/** Of all together. */
export function costErrors({ total, dearest }: Costs, path: string): StatusCause[] {
  if (total <= MOST_OF_ALL) return [];
  const whole = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
  const part = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
  return [...dearest.map(({ field }) => forbidden(field, part)), forbidden(path, tooDear(whole, total, MOST_OF_ALL))];
}

const ADVICE =
  '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';

const tooDear = (what: string, cost: bigint, most: bigint): string =>
  `${what} exceeds budget by factor of ${factorOf(Number(cost) / Number(most))} ${ADVICE}`;

function factorOf(factor: number): string {
  if (factor > 100) return 'more than 100x';
  return `${roundedToEven(factor, factor < 1.5 ? 6 : 1)}x`;
}

/** How often parts of what is there so often can be; undefined where nothing limits it. */
export function partsOften(schema: Schema, often: bigint | undefined): bigint | undefined {
  const most = mostParts(schema);
  return often === undefined || most === undefined ? undefined : product(often, BigInt(Math.max(0, Math.trunc(most))));
}

function mostParts({ type, additionalProperties, maxProperties, maxItems }: Schema): number | undefined {
  if (type === 'array') return maxItems;
  return type === 'object' && additionalProperties !== undefined ? maxProperties : 1;
}
