import { patternError } from '../types/go-pattern.ts';
import { type CelType, formatType, isSameType, STRING } from './cel-type.ts';
import { allParts, type Call, type Expression, type ExpressionError } from './expression.ts';
import { isDuration, isTimestamp } from './time-texts.ts';

/**
 * What an expression whose types are right is told of besides: times and patterns that are written out must be such, and lists and maps that are
 * written out have items of one type. Source: cel-go, `cel/validator.go`.
 */
export function literalErrors(expression: Expression, typeOf: (part: Expression) => CelType): ExpressionError[] {
  const formatted = new Set(allParts(expression).filter(isFormat).flatMap(allParts));
  return allParts(expression).flatMap((part) => [
    ...textErrors(part),
    ...(isFormat(part) ? formatErrors(part) : []),
    ...(formatted.has(part) ? [] : mixtureErrors(part, typeOf)),
  ]);
}

const isFormat = (part: Expression): part is Call => part.kind === 'call' && part.name === 'format';

/** As many values as the text asks for. */
function formatErrors({ at, target, args: [values] }: Call): ExpressionError[] {
  if (target?.kind !== 'literal' || values?.kind !== 'list') return [];
  const wanted = [...String(target.value).matchAll(/%(?:%|\.\d+.|.)/gs)].filter(([clause]) => clause !== '%%').length;
  const given = values.items.length;
  if (given < wanted) return [{ at, text: `index ${given} out of range` }];
  const text = `too many arguments supplied to string.format (expected ${wanted}, got ${given})`;
  return given > wanted ? [{ at, text }] : [];
}

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
  if (part.kind === 'list') return firstOther(part.items, typeOf).slice(0, 1);
  if (part.kind !== 'map') return [];
  return [
    ...firstOther(
      part.entries.map(([key]) => key),
      typeOf,
    ),
    ...firstOther(
      part.entries.map(([, value]) => value),
      typeOf,
    ),
  ];
}

/** Of those that have another type than the first. */
function firstOther(items: readonly Expression[], typeOf: (part: Expression) => CelType): ExpressionError[] {
  const [first, ...rest] = items;
  if (!first) return [];
  const wanted = typeOf(first);
  return rest
    .filter((item) => !isSameType(typeOf(item), wanted))
    .map((item) => ({
      at: item.at,
      text: `expected type '${formatType(wanted)}' but found '${formatType(typeOf(item))}'`,
    }));
}
