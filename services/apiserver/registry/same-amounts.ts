import { parseQuantity } from '../../../shared/apis/quantity.ts';
import { isJsonObject, type JsonObject } from '../types/json-value.ts';

/** Of containers, pods and claims: maps of quantities. No label, selector or annotation is a map below such a name. */
const AMOUNTS: readonly string[] = ['limits', 'requests', 'overhead'];

/**
 * `old`, with amounts that are as much in `next` written as they are there: `1Gi` has not changed where it has become `1073741824`. Nothing is changed in place;
 * where there are none the result is `old` itself.
 */
export function withSameAmounts<T>(old: T, next: unknown): T {
  return rewritten(old, next, withSameAmountsIn) as T;
}

/** Of what two objects or lists have in common; a list keeps its order. */
function rewritten(old: unknown, next: unknown, rewrite: (name: string, old: unknown, next: unknown) => unknown) {
  const isBoth = Array.isArray(old) ? Array.isArray(next) : isJsonObject(old) && isJsonObject(next);
  if (!isBoth) return old;
  let copy: JsonObject | undefined;
  for (const [name, value] of Object.entries(old as JsonObject)) {
    if (!Object.hasOwn(next as JsonObject, name)) continue;
    const changed = rewrite(name, value, (next as JsonObject)[name]);
    if (changed === value) continue;
    copy ??= (Array.isArray(old) ? [...old] : { ...(old as JsonObject) }) as JsonObject;
    copy[name] = changed;
  }
  return copy ?? old;
}

const withSameAmountsIn = (name: string, old: unknown, next: unknown): unknown =>
  rewritten(old, next, AMOUNTS.includes(name) ? amountOf : withSameAmountsIn);

function amountOf(_name: string, old: unknown, next: unknown): unknown {
  if (typeof old !== 'string' || typeof next !== 'string' || old === next) return old;
  const nano = parseQuantity(old)?.nano;
  return nano !== undefined && nano === parseQuantity(next)?.nano ? next : old;
}
