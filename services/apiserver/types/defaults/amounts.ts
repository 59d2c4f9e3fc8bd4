import { formatQuantity, parseQuantity } from '../../../../shared/apis/quantity.ts';
import { isJsonObject, type JsonObject } from '../json-value.ts';

/** Amounts of resources are kept to a thousandth; what is finer counts as the next. Source: Kubernetes, SetDefaults_ResourceList. */

const MILLI = 1_000_000n;

/** Changes the amounts in `object`, a map of them. */
export function roundAmounts(object: unknown): void {
  if (!isJsonObject(object)) return;
  for (const [name, amount] of Object.entries(object)) if (isFine(amount)) roundUp(object, name, amount);
}

/** As it is answered, only what is written so can be finer. */
const isFine = (amount: unknown): amount is string => typeof amount === 'string' && /[nu]$|\.|e-/i.test(amount);

function roundUp(amounts: JsonObject, name: string, text: string): void {
  const quantity = parseQuantity(text);
  if (!quantity || quantity.nano % MILLI === 0n) return;
  const isNegative = quantity.nano < 0n;
  const size = isNegative ? -quantity.nano : quantity.nano;
  const rounded = (size / MILLI + 1n) * MILLI;
  amounts[name] = formatQuantity({ ...quantity, nano: isNegative ? -rounded : rounded });
}
