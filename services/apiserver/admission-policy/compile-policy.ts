import { BOOL, type CelType, formatType, isSameType, listOf, NULL, STRING } from '../cel/cel-type.ts';
import { compileExpression } from '../cel/compile-expression.ts';
import type { Expression } from '../cel/expression.ts';
import { JSON_PATCH, OBJECT } from '../cel/patch-library.ts';
import type { AdmissionPolicy, NamedExpression, Validation } from './policy-types.ts';
import { type Declared, variableType, variableTypes } from './policy-variables.ts';

/** The expressions of admission policies and of webhooks' conditions, made ready. Source: k8s.io/apiserver, `pkg/admission/plugin/cel`. */

/** An expression as it was written, and what it is, or why it is none. */
export interface Prepared {
  text: string;
  outcome: { expression: Expression; type: CelType } | Mistake;
}

export interface Mistake {
  error: string;
  /** It is told as an error of the server, as upstream does. */
  isInternal?: true;
}

export interface PreparedPolicy {
  variables: ReadonlyMap<string, Prepared>;
  conditions: readonly Prepared[];
  validations: readonly { validation: Validation; rule: Prepared; message: Prepared | undefined }[];
  annotations: readonly { key: string; value: Prepared }[];
}

/** What it may come to; undefined for anything. */
type Wanted = readonly CelType[] | undefined;

export function prepare(text: string, declared: Declared, wanted: Wanted): Prepared {
  const compiled = compileExpression(text, variableTypes(declared), { library: declared.library });
  if ('error' in compiled) return { text, outcome: { error: `compilation failed: ${compiled.error}` } };
  const { type, expression, unready } = compiled;
  if (wanted && !wanted.some((one) => isSameType(one, type)))
    return { text, outcome: { error: `must evaluate to ${named(wanted)} but got ${typeName(type)}` } };
  if (unready !== undefined)
    return { text, outcome: { error: `program instantiation failed: ${unready}`, isInternal: true } };
  return { text, outcome: { expression, type } };
}

const typeName = (type: CelType): string => (type.kind === 'null' ? 'null_type' : formatType(type));

function named(wanted: readonly CelType[]): string {
  const names = wanted.map(typeName);
  return names.length === 1 ? names.join() : `one of [${names.join(' ')}]`;
}

export const CONDITION: Wanted = [BOOL];
export const MESSAGE: Wanted = [STRING];
export const ANNOTATION: Wanted = [STRING, NULL];
/** Of the expressions that change objects. */
export const CONFIGURATION: Wanted = [OBJECT];
export const PATCH: Wanted = [listOf(JSON_PATCH)];

/** Each variable knows of those before it. */
export function prepareVariables(
  variables: readonly NamedExpression[],
  declared: Pick<Declared, 'hasParams' | 'object' | 'params'>,
): { prepared: Map<string, Prepared>; types: Map<string, CelType> } {
  const prepared = new Map<string, Prepared>();
  const types = new Map<string, CelType>();
  for (const { name, expression } of variables) {
    const one = prepare(expression, { ...declared, hasAuthorizer: true, own: types }, undefined);
    types.set(name, variableType('type' in one.outcome ? one.outcome.type : undefined));
    prepared.set(name, one);
  }
  return { prepared, types };
}

const policies = new WeakMap<AdmissionPolicy, PreparedPolicy>();

export function preparedPolicy(policy: AdmissionPolicy): PreparedPolicy {
  const known = policies.get(policy);
  if (known) return known;
  const made = preparePolicy(policy);
  policies.set(policy, made);
  return made;
}

function preparePolicy({ spec = {} }: AdmissionPolicy): PreparedPolicy {
  const hasParams = Boolean(spec.paramKind);
  const { prepared, types: own } = prepareVariables(spec.variables ?? [], { hasParams });
  const [asking, telling] = [true, false].map((hasAuthorizer) => ({ hasParams, hasAuthorizer, own }));
  const ready = (text: string, wanted: Wanted, declared = asking): Prepared =>
    prepare(text, declared ?? { hasParams, hasAuthorizer: false, own }, wanted);
  return {
    variables: prepared,
    conditions: (spec.matchConditions ?? []).map(({ expression }) => ready(expression, CONDITION)),
    validations: (spec.validations ?? []).map((validation) => ({
      validation,
      rule: ready(validation.expression, CONDITION),
      message: validation.messageExpression ? ready(validation.messageExpression, MESSAGE, telling) : undefined,
    })),
    annotations: (spec.auditAnnotations ?? []).map(({ key, valueExpression }) => ({
      key,
      value: ready(valueExpression, ANNOTATION),
    })),
  };
}
