import type { Authorizer } from '../authz/authorizer.ts';
import { newAccessDenied } from '../authz/forbidden.ts';
import { annotate, type Middleware } from '../request.ts';
import { refusal } from './error-response.ts';

/** 403 for what nothing allows. The audit log is told why. */
export function newAuthorization(authorize: Authorizer): Middleware {
  return (context, next) => {
    const { allowed, reason } = authorize(context.user, context.info);
    annotate(context.audit, 'authorization.k8s.io/decision', allowed ? 'allow' : 'forbid');
    annotate(context.audit, 'authorization.k8s.io/reason', reason);
    if (allowed) return next(context);
    return Promise.resolve(refusal(newAccessDenied(context.user, context.info, reason)));
  };
}
