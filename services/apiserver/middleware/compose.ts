import type { Handler, Middleware } from '../request.ts';

/** One handler out of middlewares, outermost first, around the innermost. */
export function compose(middlewares: readonly Middleware[], innermost: Handler): Handler {
  return middlewares.reduceRight<Handler>((next, middleware) => (context) => middleware(context, next), innermost);
}
