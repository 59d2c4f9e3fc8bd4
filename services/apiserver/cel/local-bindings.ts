import { bound } from './expand-macro.ts';
import { type Call, childrenOf, type Expression } from './expression.ts';

/**
 * The macro `cel.bind(name, value, expression)`, which not all places that have expressions know. What macros use twice stays one part.
 * Source: cel-go, `ext/bindings.go`.
 */
export function withBindings(part: Expression, known = new Map<Expression, Expression>()): Expression {
  const before = known.get(part);
  if (before) return before;
  const inner = withChildren(part, (child) => withBindings(child, known));
  const result = inner.kind === 'call' && isBind(inner) ? expandBind(inner) : inner;
  known.set(part, result);
  return result;
}

const isBind = ({ name, target, args }: Call): boolean =>
  name === 'bind' && args.length === 3 && target?.kind === 'ident' && target.name === 'cel';

/** That the first argument is a name was asked when it was parsed. */
function expandBind(call: Call): Expression {
  const [variable, value, expression] = call.args;
  return variable?.kind === 'ident' && value && expression ? bound(call.at, variable.name, value, expression) : call;
}

function withChildren(part: Expression, each: (child: Expression) => Expression): Expression {
  if (childrenOf(part).length === 0) return part;
  switch (part.kind) {
    case 'select':
    case 'optional-select':
      return { ...part, operand: each(part.operand) };
    case 'call':
      return { ...part, ...(part.target ? { target: each(part.target) } : {}), args: part.args.map(each) };
    case 'list':
      return { ...part, items: part.items.map(each) };
    case 'map':
      return { ...part, entries: part.entries.map(([key, value]) => [each(key), each(value)]) };
    case 'loop':
      return {
        ...part,
        range: each(part.range),
        init: each(part.init),
        step: each(part.step),
        result: each(part.result),
      };
    default:
      return part;
  }
}
