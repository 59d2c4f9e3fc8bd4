import { Environment } from '@marcbachmann/cel-js';

/** The expressions of admission policies: compiled once, evaluated with what is known of a request. */

/** `variables` are the policy's own, made when they are first asked for. */
const NAMES = ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables'] as const;

export type PolicyContext = Record<(typeof NAMES)[number], unknown>;

const environment = NAMES.reduce(
  (base, name) => base.registerVariable(name, 'dyn'),
  new Environment({
    unlistedVariablesAreDyn: false,
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
  }),
);

type Compiled = { evaluate: (context: PolicyContext) => unknown } | { error: string };

const compiled = new Map<string, Compiled>();
/** More than policies have; a name that changes all the time must not fill the memory. */
const REMEMBERED = 2000;

function compile(expression: string): Compiled {
  const known = compiled.get(expression);
  if (known) return known;
  if (compiled.size >= REMEMBERED) compiled.clear();
  const made = parse(expression);
  compiled.set(expression, made);
  return made;
}

function parse(expression: string): Compiled {
  try {
    const parsed = environment.parse(expression);
    const { valid, error } = parsed.check();
    return valid ? { evaluate: (context) => parsed(context) } : { error: firstLine(error) };
  } catch (error) {
    return { error: firstLine(error) };
  }
}

/** Why an expression can't be evaluated by this server; undefined if it can. */
export function compileError(expression: string): string | undefined {
  const result = compile(expression);
  return 'error' in result ? result.error : undefined;
}

/** Throws an Error whose message says which expression failed, and how. */
export function evaluate(expression: string, context: PolicyContext): unknown {
  const result = compile(expression);
  if ('error' in result) throw new Error(`expression '${expression}' resulted in error: ${result.error}`);
  try {
    return result.evaluate(context);
  } catch (error) {
    throw new Error(`expression '${expression}' resulted in error: ${firstLine(error)}`, { cause: error });
  }
}

/** What comes after shows the place in the text. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]?.trim() ?? '';
}
