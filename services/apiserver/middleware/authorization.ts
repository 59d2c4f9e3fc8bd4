import type { Authorizer } from '../authz/authorizer.ts';
import { newAccessDenied } from '../authz/forbidden.ts';
import type { Middleware } from '../request.ts';
import { refusal } from './error-response.ts';

/** 403 for what nothing allows. */
export function newAuthorization(authorize: Authorizer): Middleware {
  return (context, next) => {
    const { allowed, reason } = authorize(context.user, context.info);
    if (allowed) return next(context);
    return Promise.resolve(refusal(newAccessDenied(context.user, context.info, reason)));
  };
}
