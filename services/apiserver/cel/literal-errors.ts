import { patternError } from '../types/go-pattern.ts';
import { type CelType, formatType, isSameType, optionalValue, STRING } from './cel-type.ts';
import { addStep } from './compile-steps.ts';
import { type Call, childrenOf, type Expression, type ExpressionError } from './expression.ts';
import { formatErrors } from './format-errors.ts';
import { isDuration, isTimestamp } from './time-texts.ts';

/**
 * What an expression whose types are right is told of besides: times and patterns that are written out must be such, and lists and maps that are
 * written out have items of one type. Source: cel-go, `cel/validator.go`.
 */
export function literalErrors(expression: Expression, typeOf: (part: Expression) => CelType): ExpressionError[] {
  const errors: ExpressionError[] = [];
  const visit = (part: Expression, isWithinFormat: boolean): void => {
    addStep();
    const isOwn = isFormat(part);
    errors.push(...textErrors(part), ...(isOwn ? formatErrors(part, typeOf) : []));
    const isExempt = isWithinFormat || isOwn;
    if (!isExempt) errors.push(...mixtureErrors(part, typeOf));
    for (const child of childrenOf(part)) visit(child, isExempt);
  };
  visit(expression, false);
  return errors;
}

const isFormat = (part: Expression): part is Call => part.kind === 'call' && part.name === 'format';

/** By the function whose first argument it is. */
const FORMS: Readonly<Record<string, (text: string) => boolean>> = {
  duration: isDuration,
  timestamp: isTimestamp,
  matches: (text) => patternError(text) === undefined,
};

function textErrors(part: Expression): ExpressionError[] {
  if (part.kind !== 'call') return [];
  const isRight = FORMS[part.name];
  const [first] = part.args;
  if (!isRight || first?.kind !== 'literal' || first.type !== STRING) return [];
  return isRight(String(first.value)) ? [] : [{ at: first.at, text: `invalid ${part.name} argument` }];
}

function mixtureErrors(part: Expression, typeOf: (part: Expression) => CelType): ExpressionError[] {
  if (part.kind === 'list') return firstOther(part.items, typeOf, part.optional).slice(0, 1);
  if (part.kind !== 'map') return [];
  const [keys, values] = [part.entries.map(([key]) => key), part.entries.map(([, value]) => value)];
  return [...firstOther(keys, typeOf), ...firstOther(values, typeOf, part.optional)];
}

/** Of those that have another type than the first; of `optional` ones what they may be. */
function firstOther(
  items: readonly Expression[],
  typeOf: (part: Expression) => CelType,
  optional?: ReadonlySet<number>,
): ExpressionError[] {
  const types = items.map((item, index) => {
    const type = typeOf(item);
    return optional?.has(index) ? (optionalValue(type) ?? type) : type;
  });
  const [wanted] = types;
  return items.flatMap(({ at }, index) => {
    const type = types[index];
    if (!wanted || !type || isSameType(type, wanted)) return [];
    return [{ at, text: `expected type '${formatType(wanted)}' but found '${formatType(type)}'` }];
  });
}
