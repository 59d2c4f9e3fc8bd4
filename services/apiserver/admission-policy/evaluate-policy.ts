import { CONDITIONS_LIMIT, OBJECT_LIMIT } from '../cel/budget.ts';
import { type Prepared, type PreparedPolicy, preparedPolicy } from './compile-policy.ts';
import { type Activation, type Known, newActivation, PolicyBudgetError, type Result } from './policy-activation.ts';
import type { AdmissionPolicy, Validation } from './policy-types.ts';

/** What a policy has against a write. Source: k8s.io/apiserver, `pkg/admission/plugin/policy/validating/validator.go`. */
export interface Judgement {
  violations: Violation[];
  /** Of annotations for the audit log that came to nothing: denied, whatever the binding's actions are. */
  failures: string[];
  /** For the audit log. */
  annotations: { key: string; value: string }[];
}

export interface Violation {
  reason: NonNullable<Validation['reason']>;
  message: string;
  /** Which of the validations; the first where it is none of them. */
  index: number;
}

const nothing: Judgement = { violations: [], failures: [], annotations: [] };

/** What can't be evaluated counts as the policy's `failurePolicy` says. */
export function evaluatePolicy(policy: AdmissionPolicy, known: Known): Judgement {
  const mayFail = policy.spec?.failurePolicy === 'Ignore';
  const prepared = preparedPolicy(policy);
  try {
    const unasked = unaskedBecause(prepared, known);
    if (unasked === true) return nothing;
    if (unasked !== false) return mayFail ? nothing : denied(unasked);
    const violations = violationsOf(prepared, known, mayFail);
    const { failures, annotations } = annotationsOf(prepared, known);
    return { violations, failures: mayFail ? [] : failures, annotations };
  } catch (error) {
    if (!(error instanceof PolicyBudgetError)) throw error;
    return mayFail ? nothing : denied(error.message);
  }
}

const denied = (message: string): Judgement => ({
  ...nothing,
  violations: [{ reason: 'Invalid', message, index: 0 }],
});

/** True where a condition does not hold; the reason where nobody can tell. No condition knows the namespace. */
function unaskedBecause({ conditions, variables }: PreparedPolicy, known: Known): boolean | string {
  const activation = newActivation(variables, { ...known, namespaceObject: null }, CONDITIONS_LIMIT);
  const results = conditions.map((condition) => activation.evaluate(condition));
  if (results.some((result) => 'value' in result && result.value === false)) return true;
  const errors = [...new Set(results.flatMap((result) => ('error' in result ? [result.error] : [])))];
  if (errors.length === 0) return false;
  return errors.length === 1 ? errors.join() : `[${errors.join(', ')}]`;
}

function violationsOf({ validations, variables }: PreparedPolicy, known: Known, mayFail: boolean): Violation[] {
  const activation = newActivation(variables, known, OBJECT_LIMIT);
  const results = validations.map(({ rule }) => activation.evaluate(rule));
  // Messages that cost too much are an error of what holds, too.
  const messages = messagesOf(
    validations.map(({ message }) => message),
    newActivation(variables, withoutAuthorizer(known), activation.left()),
  );
  return results.flatMap((result, index): Violation[] => {
    const validation = validations[index]?.validation;
    const reason = validation?.reason ?? 'Invalid';
    const failure = 'error' in result ? result.error : messages.failure;
    if (failure !== undefined) return mayFail ? [] : [{ reason: 'Invalid', message: failure, index }];
    if (!validation || ('value' in result && result.value === true)) return [];
    return [{ reason, message: messageOf(validation, messages.made[index]), index }];
  });
}

const withoutAuthorizer = ({ authorizer: _none, ...known }: Known): Known => known;

/** What the expressions of messages come to; a failure for all of them where they cost too much. */
function messagesOf(
  prepared: readonly (Prepared | undefined)[],
  activation: Activation,
): { made: (Result | undefined)[]; failure?: string } {
  try {
    return { made: prepared.map((one) => one && activation.evaluate(one)) };
  } catch (error) {
    if (!(error instanceof PolicyBudgetError)) throw error;
    return { made: [], failure: `failed messageExpression: ${error.message}` };
  }
}

const LONGEST_MESSAGE = 5 * 1024;

function messageOf({ message = '', expression }: Validation, made: Result | undefined): string {
  const text = made && 'value' in made && typeof made.value === 'string' ? made.value.trim() : '';
  const isUsable = !text.includes('\n') && Buffer.byteLength(text) <= LONGEST_MESSAGE;
  return (isUsable ? text : '') || message.trim() || `failed expression: ${expression.trim()}`;
}

/** What comes to nothing, or to nothing but white space, is left out. */
function annotationsOf(
  { annotations, variables }: PreparedPolicy,
  known: Known,
): Pick<Judgement, 'annotations' | 'failures'> {
  const activation = newActivation(variables, withoutAuthorizer(known), OBJECT_LIMIT);
  const results = annotations.map(({ key, value }) => ({ key, result: activation.evaluate(value) }));
  return {
    failures: results.flatMap(({ result }) => ('error' in result ? [result.error] : [])),
    annotations: results.flatMap(({ key, result }) => {
      const value = 'value' in result && typeof result.value === 'string' ? result.value.trim() : '';
      return value === '' ? [] : [{ key, value }];
    }),
  };
}
