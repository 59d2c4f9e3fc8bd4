import { addQuantities, parseQuantity, type Quantity } from '../../../shared/apis/quantity.ts';
import type { CelFunction, CelFunctions } from './cel-function.ts';
import { CelError, type CelValue, Opaque } from './cel-value.ts';
import { QUANTITY_TYPE } from './opaque-values.ts';

/** Quantities, as resources have them. Source: k8s.io/apiserver, `pkg/cel/library/quantity.go`. */

interface Held {
  quantity: Quantity;
  /** The same for equal ones. */
  text: string;
}

const held = (quantity: Quantity): Opaque =>
  new Opaque(QUANTITY_TYPE, { quantity, text: String(quantity.nano) } satisfies Held);

const quantityOf = (value: CelValue | undefined): Quantity | undefined =>
  value instanceof Opaque && value.type === QUANTITY_TYPE ? (value.value as Held).quantity : undefined;

const UNIT = 1_000_000_000n;
const MAX_INT = 2n ** 63n - 1n;

const isInteger = ({ nano }: Quantity): boolean =>
  nano % UNIT === 0n && nano / UNIT <= MAX_INT && nano / UNIT >= -MAX_INT;

const ofQuantity =
  (run: (quantity: Quantity) => CelValue): CelFunction =>
  (value) => {
    const quantity = quantityOf(value);
    return quantity && run(quantity);
  };

const ofQuantities =
  (run: (a: Quantity, b: Quantity) => CelValue): CelFunction =>
  (value, other) => {
    const [a, b] = [quantityOf(value), quantityOf(other)];
    return a && b && run(a, b);
  };

const signOf = (value: bigint): bigint => (value === 0n ? 0n : value > 0n ? 1n : -1n);

/** The other may be a whole number. */
const changed =
  (sign: bigint): CelFunction =>
  (value, other) => {
    const own = quantityOf(value);
    const by: Quantity | undefined =
      typeof other === 'bigint' ? { nano: other * UNIT, format: 'DecimalSI' } : quantityOf(other);
    return own && by && held(addQuantities(own, { ...by, nano: by.nano * sign }));
  };

function toInteger(quantity: Quantity): bigint {
  if (!isInteger(quantity)) throw new CelError('cannot convert value to integer');
  return quantity.nano / UNIT;
}

export const quantityFunctions: CelFunctions = {
  isQuantity: (text) => (typeof text === 'string' ? parseQuantity(text) !== undefined : undefined),
  quantity: (text) => {
    if (typeof text !== 'string') return undefined;
    const quantity = parseQuantity(text);
    if (!quantity)
      throw new CelError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    return held(quantity);
  },
  sign: ofQuantity(({ nano }) => signOf(nano)),
  isInteger: ofQuantity(isInteger),
  asInteger: ofQuantity(toInteger),
  asApproximateFloat: ofQuantity(({ nano }) => Number(nano) / 1e9),
  isGreaterThan: ofQuantities((a, b) => a.nano > b.nano),
  isLessThan: ofQuantities((a, b) => a.nano < b.nano),
  compareTo: ofQuantities((a, b) => signOf(a.nano - b.nano)),
  add: changed(1n),
  sub: changed(-1n),
};
