import { isStatusError, newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import { newImpersonationCheck, type WantedUser } from '../authz/impersonation-modes.ts';
import type { Middleware, ServerRequest, ServerResponse } from '../request.ts';
import { refusal } from './error-response.ts';

/**
 * `Impersonate-User`, `-Group`, `-Uid` and `-Extra-*`: the request goes on as somebody else, if the requester may impersonate every part of them.
 * Source: Kubernetes reference "User impersonation".
 */
export function newImpersonation(authorize: Authorizer): Middleware {
  const check = newImpersonationCheck(authorize);
  return (context, next) => {
    const wanted = wantedUser(context.request);
    if (!wanted) return next(context);
    if (wanted.name === '') return Promise.resolve(withoutName(wanted));
    const result = check({ requester: context.user, info: context.info, wanted });
    if (isStatusError(result)) return Promise.resolve(refusal(result));
    context.user = result.user;
    if (context.audit && result.constraint) context.audit.impersonationConstraint = result.constraint;
    return next(context);
  };
}

const withoutName = (wanted: WantedUser): ServerResponse =>
  refusal(newBadRequest(`requested ${asGo(wanted)} without impersonating a user name`));

const EXTRA_PREFIX = 'impersonate-extra-';

function wantedUser({ headers }: ServerRequest): WantedUser | undefined {
  if (!mentionsImpersonation(headers)) return undefined;
  const name = headers['impersonate-user'] ?? '';
  const groups = valuesOf(headers['impersonate-group']);
  const uid = headers['impersonate-uid'] ?? '';
  const extra = extraOf(headers);
  const isAsked = name !== '' || groups.length > 0 || uid !== '' || Object.keys(extra).length > 0;
  return isAsked ? { name, groups, uid, extra } : undefined;
}

function mentionsImpersonation(headers: ServerRequest['headers']): boolean {
  for (const header in headers) if (header.startsWith('impersonate-')) return true;
  return false;
}

/** As upstream's message shows it: Go's own notation. */
function asGo({ name, uid, groups, extra }: WantedUser): string {
  const list = (values: string[]): string => `[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`;
  const keys = Object.keys(extra).sort();
  const entries = keys.map((key) => `${JSON.stringify(key)}:${list(extra[key] ?? [])}`);
  const allGroups = groups.length === 0 ? '[]string(nil)' : list(groups);
  const allExtra = keys.length === 0 ? 'map[string][]string(nil)' : `map[string][]string{${entries.join(', ')}}`;
  return `&user.DefaultInfo{Name:${JSON.stringify(name)}, UID:${JSON.stringify(uid)}, Groups:${allGroups}, Extra:${allExtra}}`;
}

/** Values of a header sent several times come with a line feed between them, which no value can hold. */
const valuesOf = (value: string | undefined): string[] => (value === undefined ? [] : value.split('\n'));

function extraOf(headers: ServerRequest['headers']): Record<string, string[]> {
  const extra: Record<string, string[]> = Object.create(null);
  for (const header in headers)
    if (header.startsWith(EXTRA_PREFIX))
      extra[unescapeKey(header.slice(EXTRA_PREFIX.length))] = valuesOf(headers[header]);
  return extra;
}

/** Keys are percent-encoded, since header names are not free; one that is not well encoded is taken as it is. */
function unescapeKey(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
