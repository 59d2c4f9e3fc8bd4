import { randomUUID } from 'node:crypto';
import type { Middleware, ServerResponse } from '../request.ts';
import { type AuditEvent, newAuditEvent } from './audit-event.ts';
import { isStream, onceEnded } from './stream-end.ts';

/** Told of each request when its answer is known, of a watch also when it opens. It must not throw. */
export type AuditSink = (event: AuditEvent) => void;

/** Gives every request an id, the client's own if it sent a plausible one, and tells it in `Audit-Id`. */
export const requestId: Middleware = async (context, next) => {
  const id = acceptable(context.request.headers['audit-id']) ?? randomUUID();
  context.auditId = id;
  const response = await next(context);
  // The id comes first: added to a copy, it made V8 give each answer's headers a hidden class of their own, and those are collected late.
  return { ...response, headers: { 'audit-id': id, ...response.headers } };
};

function acceptable(id: string | undefined): string | undefined {
  return id !== undefined && /^[\w.:-]{1,64}$/.test(id) ? id : undefined;
}

/**
 * Above all of the chain that may refuse; only what is no request (a path that can't be read) is answered before. Below it errors have become answers, but
 * for one that can't be told. Source: Kubernetes reference "Auditing", level Metadata.
 */
export function newAudit(sink: AuditSink | undefined, now: () => number): Middleware {
  if (!sink) return (context, next) => next(context);
  return async (context, next) => {
    const receivedMs = now();
    context.audit = {};
    const tell = (stage: AuditEvent['stage'], response: ServerResponse): void =>
      sink(newAuditEvent(context, { stage, response, receivedMs, stageMs: now() }));
    const response = await next(context).catch((error: unknown) => {
      // An error that could not be told.
      tell('Panic', { status: 500 });
      throw error;
    });
    if (!isStream(response)) {
      tell('ResponseComplete', response);
      return response;
    }
    tell('ResponseStarted', response);
    return { ...response, body: onceEnded(response.body, () => tell('ResponseComplete', response)) };
  };
}

/** Below authentication. */
export const noteAuthenticated: Middleware = (context, next) => {
  if (context.audit) context.audit.user = context.user;
  return next(context);
};

/** Below impersonation. */
export const noteImpersonated: Middleware = (context, next) => {
  const { audit, user } = context;
  if (audit && audit.user !== user) audit.impersonatedUser = user;
  return next(context);
};
