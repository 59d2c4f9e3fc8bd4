/**
 * How deep objects may be nested: what is nested without end would exhaust the stack of whoever walks it. No object of anybody comes near; upstream has a
 * limit too (10,000).
 */
export const MAX_DEPTH = 500;

export const newTooDeep = (): Error => new Error('exceeded max depth');

/** Of what was made and not read, without recursion. Throws an Error with Go's words for what is nested too deeply. */
export function checkDepth(value: unknown): void {
  let level = [value].filter(isContainer);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw newTooDeep();
    level = level.flatMap((one) => Object.values(one).filter(isContainer));
  }
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;
