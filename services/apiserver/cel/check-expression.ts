import {
  ANY,
  BOOL,
  type CelType,
  DYN,
  ERROR,
  formatType,
  INT,
  isSameType,
  listOf,
  mapOf,
  optionalOf,
  optionalValue,
  paramOf,
  typeOf as typeItself,
} from './cel-type.ts';
import { addStep } from './compile-steps.ts';
import {
  type Call,
  type Entries,
  type Expression,
  type ExpressionError,
  type Field,
  type List,
  type Loop,
  type Message,
  qualifiedName,
  type Select,
} from './expression.ts';
import { type Overload, overloadsOf, TYPE_NAMES } from './functions.ts';
import type { Library } from './library.ts';
import { type Bindings, bind, bindAll, moreGeneral, resolveType } from './type-bindings.ts';

/**
 * The type checker of CEL: every name is known, every field declared, every call has types that go together. Errors are in cel-go's words.
 * Source: cel-go, `checker/checker.go`.
 */
export interface Checked {
  type: CelType;
  /** The first hundred. */
  errors: ExpressionError[];
  /** How many there are besides. */
  more: number;
  /** The variables that were used. */
  used: ReadonlySet<string>;
  /** Why it can't be evaluated although its types are right. */
  unready: string | undefined;
  /** The type of a part, with nothing left open. */
  typeOf: (part: Expression) => CelType;
  /** What a call may be one of. */
  callOf: (call: Call) => CheckedCall | undefined;
}

export interface CheckedCall {
  /** With the names before it, where these are part of it: `optional.of`. */
  name: string;
  isMember: boolean;
  /** Those that its types go together with; several where these are known only when it is evaluated. */
  overloads: readonly Overload[];
}

type Variables = ReadonlyMap<string, CelType>;

interface Check {
  unready: string | undefined;
  library: Library | undefined;
  bindings: Bindings;
  parameters: number;
  errors: ExpressionError[];
  more: number;
  used: Set<string>;
  types: Map<Expression, CelType>;
  calls: Map<Call, CheckedCall>;
}

export function checkExpression(expression: Expression, variables: Variables, library?: Library): Checked {
  const check = newCheck(library);
  const type = typeIn(expression, variables, check);
  const typeOf = (part: Expression): CelType => resolveType(check.bindings, check.types.get(part) ?? DYN, true);
  const { errors, more, used, unready } = check;
  const callOf: Checked['callOf'] = (call) => check.calls.get(call);
  return { type: resolveType(check.bindings, type, true), errors, more, used, unready, typeOf, callOf };
}

const newCheck = (library: Library | undefined): Check => ({
  library,
  unready: undefined,
  bindings: new Map(),
  parameters: 0,
  errors: [],
  more: 0,
  used: new Set(),
  types: new Map(),
  calls: new Map(),
});

function typeIn(expression: Expression, variables: Variables, check: Check): CelType {
  addStep();
  const type = newTypeOf(expression, variables, check);
  check.types.set(expression, type);
  return type;
}

function newTypeOf(expression: Expression, variables: Variables, check: Check): CelType {
  switch (expression.kind) {
    case 'literal':
      return expression.type;
    case 'ident':
      return valueType(expression.name, variables, check) ?? undeclared(check, expression.at, expression.name);
    case 'select':
      return selectType(expression, variables, check);
    case 'optional-select':
      return resolveType(check.bindings, fieldType(expression, variables, check, true));
    case 'call':
      return callType(expression, variables, check);
    case 'list':
      return listOf(itemType(expression, variables, check));
    case 'map': {
      const [keys, values] = entryTypes(expression, variables, check);
      return mapOf(keys, values);
    }
    case 'message':
      return messageType(expression, variables, check);
    case 'loop':
      return loopType(expression, variables, check);
  }
}

/** As many as cel-go shows. */
export const MOST_ERRORS = 100;

function tell(check: Check, at: number, text: string): CelType {
  if (check.errors.length < MOST_ERRORS) check.errors.push({ at, text });
  else check.more++;
  return ERROR;
}

const undeclared = (check: Check, at: number, name: string): CelType =>
  tell(check, at, `undeclared reference to '${name}' (in container '')`);

function identType(name: string, variables: Variables, check: Check): CelType | undefined {
  const variable = variables.get(name);
  if (variable) check.used.add(name);
  return variable ?? TYPE_NAMES.get(name) ?? ownTypeNamed(name, check);
}

/** The types of a library are no values: upstream finds that out when it plans the expression. */
function valueType(name: string, variables: Variables, check: Check): CelType | undefined {
  const type = identType(name, variables, check);
  if (type && !variables.has(name) && !TYPE_NAMES.has(name)) check.unready ??= `reference to undefined type: ${name}`;
  return type;
}

function ownTypeNamed(name: string, { library }: Check): CelType | undefined {
  const type = library?.typeNamed(name);
  return type && typeItself(type);
}

const functionNamed = (name: string, { library }: Check): readonly Overload[] | undefined =>
  overloadsOf(name) ?? library?.overloadsOf(name);

function selectType(expression: Select, variables: Variables, check: Check): CelType {
  const named = valueType(qualifiedName(expression) ?? '', variables, check);
  if (named) return named;
  const type = fieldType(expression, variables, check, false);
  return expression.isTest ? BOOL : resolveType(check.bindings, type);
}

function fieldType(
  { at, operand, field }: { at: number; operand: Expression; field: string },
  variables: Variables,
  check: Check,
  isOptional: boolean,
): CelType {
  const whole = resolveType(check.bindings, typeIn(operand, variables, check));
  const value = optionalValue(whole);
  const type = fieldOf(value ?? whole, field, at, check);
  return value || isOptional ? optionalOf(type) : type;
}

function fieldOf(type: CelType, field: string, at: number, check: Check): CelType {
  switch (type.kind) {
    case 'map':
      return type.params[1] ?? DYN;
    case 'object':
      if (!type.field) return tell(check, at, `unexpected failed resolution of '${type.name}'`);
      return type.field(field) ?? tell(check, at, `undefined field '${field}'`);
    case 'param':
      accept(check, DYN, type);
      return DYN;
    case 'dyn':
    case 'error':
      return DYN;
    default:
      tell(check, at, `type '${formatType(type)}' does not support field selection`);
      return DYN;
  }
}

/** Whether a type fits; what it decides is remembered. */
const accept = (check: Check, type: CelType, wanted: CelType): boolean => bind(check.bindings, type, wanted);

function callType(call: Call, variables: Variables, check: Check): CelType {
  const args = call.args.map((arg) => typeIn(arg, variables, check));
  const { target, name } = call;
  if (!target) return resolved(call, name, args, check, false);
  const prefix = qualifiedName(target);
  const qualified = prefix === undefined ? '' : `${prefix}.${name}`;
  if (functionNamed(qualified, check)) return resolved(call, qualified, args, check, false);
  return resolved(call, name, [typeIn(target, variables, check), ...args], check, true);
}

function resolved(call: Call, name: string, types: CelType[], check: Check, isMember: boolean): CelType {
  const overloads = functionNamed(name, check);
  if (!overloads) return undeclared(check, call.at, name);
  if (name === '_&&_' || name === '_||_') return logicType(call, types, check);
  const fitting: Overload[] = [];
  let result: CelType | undefined;
  for (const overload of overloads.filter((one) => one.isMember === isMember)) {
    const type = resultOf(overload, types, check);
    if (!type) continue;
    fitting.push(overload);
    result = result && result.kind !== 'dyn' && !isSameType(type, result) ? DYN : (result ?? type);
  }
  check.calls.set(call, { name, isMember, overloads: fitting });
  if (result) return result;
  const given = signatureOf(types, check, isMember);
  return tell(check, call.at, `found no matching overload for '${name}' applied to '${given}'`);
}

function signatureOf(types: readonly CelType[], check: Check, isMember: boolean): string {
  const given = types.map((type) => formatType(resolveType(check.bindings, type, true)));
  const target = isMember ? `${given.shift()}.` : '';
  return `${target}(${given.join(', ')})`;
}

function logicType({ args }: Call, types: readonly CelType[], check: Check): CelType {
  const wrong = types.flatMap((type, index) =>
    accept(check, type, BOOL) ? [] : [{ type, index, at: args[index]?.at ?? 0 }],
  );
  for (const { type, at } of wrong) mismatch(check, at, BOOL, type);
  return wrong.some(({ index }) => isDirect(index, args.length)) ? ERROR : BOOL;
}

/** Of those that are one call here cel-go makes two of each two: what is wrong within one of these does not make the whole wrong. */
const isDirect = (index: number, count: number): boolean => count === 2 || (count === 3 && index === 2);

function mismatch(check: Check, at: number, wanted: CelType, found: CelType): CelType {
  return tell(check, at, `expected type '${formatType(wanted)}' but found '${formatType(found)}'`);
}

/** What a call of it gives; undefined where the types do not go together. */
function resultOf(overload: Overload, types: readonly CelType[], check: Check): CelType | undefined {
  const { args, result } = freshOverload(overload, check);
  return bindAll(check.bindings, types, args) ? resolveType(check.bindings, result) : undefined;
}

/** With parameters of its own. */
function freshOverload({ args, result, parameters }: Overload, check: Check): Pick<Overload, 'args' | 'result'> {
  if (parameters.length === 0) return { args, result };
  const fresh: Bindings = new Map(parameters.map((name) => [name, freeType(check)]));
  return { args: args.map((type) => resolveType(fresh, type)), result: resolveType(fresh, result) };
}

const freeType = (check: Check): CelType => paramOf(`_var${check.parameters++}`);

/** The type that all items have. Whether they may differ is not asked here. */
function itemType({ items, optional }: List, variables: Variables, check: Check): CelType {
  let common: CelType | undefined;
  for (const [index, item] of items.entries()) {
    const type = typeIn(item, variables, check);
    common = joinedWith(common, optional?.has(index) ? ofOptional(type, item.at, check) : type, check);
  }
  return common ?? freeType(check);
}

/** What an entry that may be missing is one of. */
function ofOptional(type: CelType, at: number, check: Check): CelType {
  const value = optionalValue(type);
  if (!value && (type.kind !== 'dyn' || type === ANY)) mismatch(check, at, optionalOf(type), type);
  return value ?? type;
}

function joinedWith(common: CelType | undefined, type: CelType, check: Check): CelType {
  if (!common) return type;
  return accept(check, common, type) ? moreGeneral(common, type) : DYN;
}

function entryTypes({ entries, optional }: Entries, variables: Variables, check: Check): [CelType, CelType] {
  let keys: CelType | undefined;
  let values: CelType | undefined;
  for (const [index, [key, value]] of entries.entries()) {
    keys = joinedWith(keys, typeIn(key, variables, check), check);
    const type = typeIn(value, variables, check);
    values = joinedWith(values, optional?.has(index) ? ofOptional(type, value.at, check) : type, check);
  }
  return [keys ?? freeType(check), values ?? freeType(check)];
}

/** Messages are made of types that have fields, which come from a library: those of protobuf, which upstream makes, are not made here. */
function messageType({ at, name, fields }: Message, variables: Variables, check: Check): CelType {
  const type = identType(name, variables, check);
  if (!type) return undeclared(check, at, name);
  const [made] = type.kind === 'type' ? type.params : [];
  if (made?.field) return madeType(made, made.field, { fields, variables, check });
  tell(check, at, made ? `'${formatType(made)}' is not a message type` : `'${formatType(type)}' is not a type`);
  for (const field of fields) {
    const value = typeIn(field.value, variables, check);
    tell(check, field.at, made ? `undefined field '${field.name}'` : `unexpected failed resolution of '${name}'`);
    if (field.isOptional) ofOptional(value, field.value.at, check);
  }
  return ERROR;
}

type FieldTypes = NonNullable<CelType['field']>;

interface Making {
  fields: readonly Field[];
  variables: Variables;
  check: Check;
}

function madeType(made: CelType, fieldNamed: FieldTypes, { fields, variables, check }: Making): CelType {
  for (const { at, name, value, isOptional } of fields) {
    const given = typeIn(value, variables, check);
    const wanted = fieldNamed(name) ?? tell(check, at, `undefined field '${name}'`);
    const type = isOptional ? ofOptional(given, value.at, check) : given;
    if (accept(check, wanted, type)) continue;
    const types = `is '${formatType(wanted)}' but provided type is '${formatType(type)}'`;
    tell(check, at, `expected type of field '${name}' ${types}`);
  }
  return made;
}

function loopType(loop: Loop, variables: Variables, check: Check): CelType {
  const range = typeIn(loop.range, variables, check);
  const init = typeIn(loop.init, variables, check);
  const around = new Map([...variables, [loop.accumulator, init]]);
  const items = itemTypes(resolveType(check.bindings, range), loop, check);
  const within = new Map([
    ...around,
    ...loop.variables.map((name, index): [string, CelType] => [name, items[index] ?? ERROR]),
  ]);
  const step = typeIn(loop.step, within, check);
  if (!accept(check, init, step)) mismatch(check, loop.step.at, init, step);
  return resolveType(check.bindings, typeIn(loop.result, around, check));
}

/** The types of a loop's variables. */
function itemTypes(range: CelType, loop: Loop, check: Check): CelType[] {
  const [first = DYN, second = DYN] = range.params;
  if (range.name === ANY.name) return noRange(range, loop, check);
  switch (range.kind) {
    case 'list':
      return loop.variables.length > 1 ? [INT, first] : [first];
    case 'map':
      return [first, second];
    case 'dyn':
    case 'error':
    case 'param':
      accept(check, DYN, range);
      return [DYN, DYN];
    default:
      return noRange(range, loop, check);
  }
}

function noRange(range: CelType, loop: Loop, check: Check): CelType[] {
  const why = 'cannot be range of a comprehension (must be list, map, or dynamic)';
  return [tell(check, loop.range.at, `expression of type '${formatType(range)}' ${why}`), ERROR];
}
