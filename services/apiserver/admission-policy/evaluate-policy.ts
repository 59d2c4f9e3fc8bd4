import { evaluate, type PolicyContext } from './cel-expression.ts';
import type { AdmissionPolicy, Validation } from './policy-types.ts';

/** What a policy has against a write. */
export interface Violation {
  reason: NonNullable<Validation['reason']>;
  message: string;
}

const LONGEST_MESSAGE = 5 * 1024;

/** Nothing: the write may go on. What can't be evaluated counts as the policy's `failurePolicy` says. */
export function evaluatePolicy({ spec = {} }: AdmissionPolicy, known: Omit<PolicyContext, 'variables'>): Violation[] {
  const context = { ...known, variables: {} };
  context.variables = lazyVariables(spec.variables ?? [], context);
  const onError = (error: unknown): Violation[] =>
    spec.failurePolicy === 'Ignore' ? [] : [{ reason: 'Invalid', message: messageOf(error) }];
  try {
    const conditions = spec.matchConditions ?? [];
    if (!conditions.every(({ expression }) => evaluate(expression, context) === true)) return [];
  } catch (error) {
    return onError(error);
  }
  return (spec.validations ?? []).flatMap((validation) => {
    try {
      return evaluate(validation.expression, context) === true ? [] : [violationOf(validation, context)];
    } catch (error) {
      return onError(error);
    }
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Each is evaluated once, when it is first named; those before it can be named in it. */
function lazyVariables(variables: { name: string; expression: string }[], context: PolicyContext): object {
  const values = {};
  for (const { name, expression } of variables) {
    Object.defineProperty(values, name, {
      enumerable: true,
      configurable: true,
      get() {
        const value = evaluate(expression, context);
        Object.defineProperty(values, name, { value, enumerable: true });
        return value;
      },
    });
  }
  return values;
}

function violationOf(validation: Validation, context: PolicyContext): Violation {
  const { message = '', expression, reason = 'Invalid' } = validation;
  const made = madeMessage(validation, context);
  return { reason, message: made || message.trim() || `failed expression: ${expression.trim()}` };
}

/** Empty where the expression makes no message of one line. */
function madeMessage({ messageExpression }: Validation, context: PolicyContext): string {
  if (!messageExpression) return '';
  try {
    const made = evaluate(messageExpression, context);
    const text = typeof made === 'string' ? made.trim() : '';
    return text.includes('\n') || Buffer.byteLength(text) > LONGEST_MESSAGE ? '' : text;
  } catch {
    return '';
  }
}
