import { firstCausesIn } from '../../../shared/apis/meta/first-causes.ts';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { OutOfBudget, uncounted, type Work, working } from '../cel/budget.ts';
import { invalid, notSupported, required, tooLong, tooMany, typeInvalid } from './field-error.ts';
import { goPattern } from './go-pattern.ts';
import { childPath, isJsonObject, type JsonObject, jsonTypeOf } from './json-value.ts';
import { knownFormat } from './known-formats.ts';
import { isInt64, numberRange } from './number-range.ts';
import { isMapList, isUnchanged, oldField, oldItems } from './old-values.ts';
import { propertyOf } from './property-of.ts';
import { formatError } from './value-formats.ts';

/**
 * Validates a custom resource against its structural schema. Every violation is a cause with upstream's text, in the schema's order
 * (its type, then the value's own bounds, then its parts, then allOf, anyOf, oneOf and not). Duplicates in sets and maps are
 * `validateLists`, rules in CEL `validateRules`. What was so before (`old`) is not held against an update. Where to match its texts with the schema's patterns takes
 * too long, all together, that is the only cause. `work`: what that has taken.
 */
export function validateValue(
  value: unknown,
  schema: Schema,
  { path = '', old, work = { done: 0 } }: { path?: string; old?: unknown; work?: Work } = {},
): StatusCause[] {
  try {
    return working(work, () => valueCauses(value, schema, path, old));
  } catch (error) {
    if (error instanceof EndlessMatch) return [error.why];
    throw error;
  }
}

/** Ends the check: no combination of schemas may take it for a text that does not match. */
class EndlessMatch extends Error {
  readonly why: StatusCause;
  constructor(why: StatusCause) {
    super(why.message);
    this.why = why;
  }
}

function valueCauses(value: unknown, schema: Schema, path: string, old: unknown): StatusCause[] {
  if (value === undefined || (value === null && schema.nullable) || isAsStored(value, old, schema)) return [];
  const causes = causesOf(value, schema, path, old);
  return causes.length > 0 && isUnchanged(value, old, schema) ? [] : causes;
}

/** Of what has no parts that are compared with stored ones themselves. */
const isAsStored = (value: unknown, old: unknown, schema: Schema): boolean =>
  (typeof value === 'string' || (Array.isArray(value) && !isMapList(schema))) && isUnchanged(value, old, schema);

function causesOf(value: unknown, schema: Schema, path: string, old: unknown): StatusCause[] {
  return [
    ...typeErrors(value, schema, path),
    ...enumErrors(value, schema, path),
    ...boundsErrors(value, schema, path),
    ...partErrors(value, schema, path, old),
    ...combinationErrors(value, schema, path, old),
  ];
}

/** At the root the place is empty, and the space stays. */
const says = (path: string, words: string): string => `${path} in body ${words}`;

/** What upstream takes for an integer, Go's can hold. */
function typeOf(value: unknown): string {
  const type = jsonTypeOf(value);
  return type === 'integer' && !isInt64(value as number) ? 'number' : type;
}

function isOfType(value: unknown, type: string): boolean {
  const actual = typeOf(value);
  return actual === type || (type === 'number' && actual === 'integer');
}

function wantedTypes(schema: Schema): string[] {
  if (schema['x-kubernetes-int-or-string']) return ['integer', 'string'];
  return schema.type ? [schema.type] : [];
}

function typeErrors(value: unknown, schema: Schema, path: string): StatusCause[] {
  const types = wantedTypes(schema);
  if (types.length === 0 || types.some((type) => isOfType(value, type))) return [];
  const actual = typeOf(value);
  const format = types.length === 1 && !FORMATLESS.includes(actual) ? knownFormat(schema) : undefined;
  const shown = format === undefined ? actual : (GO_FORMATS.get(actual) ?? '');
  const wanted = format ?? types.join(',');
  return [typeInvalid(path, shown, says(path, `must be of type ${wanted}: ${JSON.stringify(shown)}`))];
}

/** Of these upstream tells the type where another format is wanted; of others their format. */
const FORMATLESS: readonly string[] = ['null', 'string', 'array'];
const GO_FORMATS = new Map([
  ['integer', 'int64'],
  ['number', 'float64'],
]);

/** How upstream names the place of an error that has none. */
const noField = '<nil>';

function enumErrors(value: unknown, schema: Schema, path: string): StatusCause[] {
  if (!schema.enum) return [];
  const text = JSON.stringify(value);
  if (schema.enum.some((allowed) => JSON.stringify(allowed) === text)) return [];
  const allowed = schema.enum.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  return [notSupported(path, value, allowed)];
}

function boundsErrors(value: unknown, schema: Schema, path: string): StatusCause[] {
  if (typeof value === 'string') return stringErrors(value, schema, path);
  if (typeof value === 'number') return numberErrors(value, schema, path);
  if (Array.isArray(value)) return arrayErrors(value, schema, path);
  return isJsonObject(value) ? objectErrors(value, schema, path) : [];
}

function stringErrors(value: string, schema: Schema, path: string): StatusCause[] {
  const format = knownFormat(schema);
  const wrongFormat = format && formatError(value, format);
  return [
    ...textErrors(value, schema, path),
    ...(wrongFormat ? [typeInvalid(path, value, says(path, wrongFormat))] : []),
  ];
}

/** The first of them. */
function textErrors(value: string, { maxLength, minLength, pattern }: Schema, path: string): StatusCause[] {
  if (maxLength !== undefined && hasMoreThan(maxLength, value)) return [tooLong(path, maxLength)];
  if (minLength !== undefined && !hasMoreThan(minLength - 1, value))
    return [invalid(path, value, says(path, `should be at least ${minLength} chars long`))];
  if (pattern !== undefined && !hasPattern(value, pattern, path))
    return [invalid(path, value, says(path, `should match '${pattern}'`))];
  return [];
}

/** A character has one or two of JavaScript's: most texts need not be looked at. */
const hasMoreThan = (count: number, text: string): boolean =>
  text.length > count && (text.length > 2 * count || [...text].length > count);

/** One that is none, which only an older version can have stored, matches nothing. What it takes to make it ready is not the object's. */
function hasPattern(text: string, source: string, path: string): boolean {
  const pattern = uncounted(() => goPattern(source));
  try {
    return typeof pattern !== 'string' && pattern.test(text);
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    const why = `takes too long to be matched with '${source}', with all that is matched before it`;
    throw new EndlessMatch(invalid(path, 'string', says(path, why)));
  }
}

function numberErrors(value: number, schema: Schema, path: string): StatusCause[] {
  const { minimum, maximum, multipleOf } = schema;
  const errors = [
    ...rangeErrors('Checked', value, schema, path),
    ...rangeErrors('MultipleOf', multipleOf, schema, path),
    ...rangeErrors('Maximum boundary', maximum, schema, path),
    ...rangeErrors('Minimum boundary', minimum, schema, path),
  ];
  const add = (words: string): unknown => errors.push(invalid(path, value, says(path, words)));
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) {
    add(`should be a multiple of ${multipleOf}`);
  }
  if (maximum !== undefined && (schema.exclusiveMaximum ? value >= maximum : value > maximum)) {
    add(`should be less than ${schema.exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
  }
  if (minimum !== undefined && (schema.exclusiveMinimum ? value <= minimum : value < minimum)) {
    add(`should be greater than ${schema.exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
  }
  return errors;
}

/** Also the schema's own bounds have to be of its type and format, or nothing is right. */
function rangeErrors(what: string, number: number | undefined, schema: Schema, path: string): StatusCause[] {
  const range = numberRange(schema);
  if (number === undefined || !range || range.has(number)) return [];
  return [invalid(noField, '', `${what} value must be of type ${range.name} in ${path}`)];
}

function arrayErrors(value: unknown[], schema: Schema, path: string): StatusCause[] {
  const errors: StatusCause[] = [];
  if (schema.minItems !== undefined && value.length < schema.minItems) {
    errors.push(invalid(path, value.length, says(path, `should have at least ${schema.minItems} items`)));
  }
  if (schema.maxItems !== undefined && value.length > schema.maxItems) {
    errors.push(tooMany(path, value.length, schema.maxItems));
  }
  return errors;
}

function objectErrors(value: JsonObject, schema: Schema, path: string): StatusCause[] {
  const count = Object.keys(value).length;
  const errors: StatusCause[] = [];
  if (schema.minProperties !== undefined && count < schema.minProperties) {
    errors.push(invalid(path, count, says(path, `should have at least ${schema.minProperties} properties`)));
  }
  if (schema.maxProperties !== undefined && count > schema.maxProperties) {
    errors.push(tooMany(path, count, schema.maxProperties));
  }
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) errors.push(required(childPath(path, name)));
  }
  return errors;
}

function partErrors(value: unknown, schema: Schema, path: string, old: unknown): StatusCause[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    const before = oldItems(old, schema);
    if (!items) return [];
    return firstCausesIn(value, (item, index) => valueCauses(item, items, `${path}[${index}]`, before(item)));
  }
  return isJsonObject(value) ? fieldErrors(value, schema, path, old) : [];
}

/** Metadata and type are checked for every kind alike, not by the schema: a reference marks them. */
function fieldErrors(value: JsonObject, schema: Schema, path: string, old: unknown): StatusCause[] {
  return firstCausesIn(Object.entries(value), ([name, field]) => {
    const own = propertyOf(schema, name);
    const rest = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
    const known = own ?? rest;
    return known && !known.$ref ? valueCauses(field, known, childPath(path, name), oldField(old, name)) : [];
  });
}

/** Each alternative is looked at once: they can be within each other, as deep as somebody likes. */
function combinationErrors(value: unknown, schema: Schema, path: string, old: unknown): StatusCause[] {
  const judge = (one: Schema): StatusCause[] => causesOf(value, one, path, old);
  const say = (words: string): StatusCause => invalid(noField, '', `${JSON.stringify(path)} ${words}`);
  return [
    ...anyOfErrors(schema.anyOf, judge, say),
    ...oneOfErrors(schema.oneOf, judge, say),
    ...allOfErrors(schema.allOf, judge, say),
    ...(schema.not && isRight(judge(schema.not)) ? [say('must not validate the schema (not)')] : []),
  ];
}

type Judge = (schema: Schema) => StatusCause[];
type Say = (words: string) => StatusCause;

const isRight = (causes: readonly StatusCause[]): boolean => causes.length === 0;

/** The first that holds is enough. */
function anyOfErrors(schemas: readonly Schema[] | undefined, judge: Judge, say: Say): StatusCause[] {
  if (!schemas) return [];
  const all: StatusCause[][] = [];
  for (const one of schemas) {
    const causes = judge(one);
    if (isRight(causes)) return [];
    all.push(causes);
  }
  return [say('must validate at least one schema (anyOf)'), ...closest(all)];
}

function oneOfErrors(schemas: readonly Schema[] | undefined, judge: Judge, say: Say): StatusCause[] {
  if (!schemas) return [];
  const all = schemas.map(judge);
  const valid = all.filter(isRight).length;
  if (valid === 1) return [];
  const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
  const wrong = say(`must validate one and only one schema (oneOf). ${found}`);
  return valid === 0 ? [wrong, ...closest(all)] : [wrong];
}

function allOfErrors(schemas: readonly Schema[] | undefined, judge: Judge, say: Say): StatusCause[] {
  const all = (schemas ?? []).map(judge);
  const inner = all.flat();
  if (isRight(inner)) return [];
  const none = all.some(isRight) ? '' : '. None validated';
  return [...inner, say(`must validate all the schemas (allOf)${none}`)];
}

/** The complaints of the alternative that has the fewest. */
function closest(all: readonly StatusCause[][]): StatusCause[] {
  return all.toSorted((a, b) => a.length - b.length)[0] ?? [];
}
