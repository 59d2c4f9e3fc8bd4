import { authorizerFunctions } from './authorizer-functions.ts';
import { addWork } from './budget.ts';
import type { CelFunction, CelFunctions } from './cel-function.ts';
import { CelError, type CelValue, noSuchOverload, Opaque } from './cel-value.ts';
import { listFunctions } from './list-functions.ts';
import { namedFormatFunctions } from './named-formats.ts';
import { networkFunctions } from './network-functions.ts';
import { numberFunctions } from './number-functions.ts';
import { opaqueLength } from './opaque-values.ts';
import { optionalFunctions } from './optional-functions.ts';
import { quantityFunctions } from './quantity-functions.ts';
import { semverFunctions } from './semver-functions.ts';
import { textFunctions } from './text-functions.ts';
import { timeFunctions } from './time-functions.ts';
import { urlFunctions } from './url-functions.ts';
import { valueFunctions } from './value-functions.ts';

const libraries: readonly CelFunctions[] = [
  numberFunctions,
  valueFunctions,
  textFunctions,
  timeFunctions,
  listFunctions,
  optionalFunctions,
  urlFunctions,
  networkFunctions,
  quantityFunctions,
  semverFunctions,
  namedFormatFunctions,
  authorizerFunctions,
];

/** Several libraries can have ways to call a function of one name. */
function byName(): ReadonlyMap<string, CelFunction[]> {
  const all = new Map<string, CelFunction[]>();
  for (const library of libraries)
    for (const [name, run] of Object.entries(library)) all.set(name, [...(all.get(name) ?? []), run]);
  return all;
}

let functions: ReadonlyMap<string, CelFunction[]> | undefined;

/** Those of which upstream names the function where nothing of it fits. */
const SINGLE: readonly string[] = ['size'];

/** The first of the arguments is what it is called on, where it is. Throws a CelError, also of what JavaScript can't make: a text too long, a time too far away. */
export function callFunction(name: string, args: readonly CelValue[]): CelValue {
  try {
    return called(name, args);
  } catch (error) {
    throw error instanceof RangeError ? new CelError(error.message) : error;
  }
}

/** To look at a character, as most functions do with all of a text, whatever that costs. */
const TEXT_WORK = 0.25;

function textLength(args: readonly CelValue[]): number {
  let length = 0;
  for (const arg of args) {
    if (typeof arg === 'string' || arg instanceof Uint8Array) length += arg.length;
    else if (arg instanceof Opaque) length += opaqueLength(arg);
  }
  return length;
}

function called(name: string, args: readonly CelValue[]): CelValue {
  functions ??= byName();
  addWork(TEXT_WORK * textLength(args));
  for (const run of functions.get(name) ?? []) {
    const value = run(...args);
    if (value !== undefined) return value;
  }
  throw SINGLE.includes(name) ? new CelError(`no such overload: ${name}`) : noSuchOverload();
}
