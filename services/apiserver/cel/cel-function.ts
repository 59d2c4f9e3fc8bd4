import type { CelValue } from './cel-value.ts';

/** A way to call a function: undefined where its arguments are not such as it takes. */
export type CelFunction = (...args: CelValue[]) => CelValue | undefined;

export type CelFunctions = Readonly<Record<string, CelFunction>>;
