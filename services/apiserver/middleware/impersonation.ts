import { newBadRequest, type StatusError } from '../../../shared/apis/meta/status-error.ts';
import {
  GROUP_AUTHENTICATED,
  GROUP_UNAUTHENTICATED,
  USER_ANONYMOUS,
  type UserInfo,
} from '../../../shared/apis/user-info.ts';
import { parseServiceAccountUserName, serviceAccountGroups } from '../authn/service-account-user.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import { newAccessDenied } from '../authz/forbidden.ts';
import type { Middleware, RequestInfo, ServerRequest } from '../request.ts';
import { refusal } from './error-response.ts';

/**
 * `Impersonate-User`, `-Group`, `-Uid` and `-Extra-*`: the request goes on as somebody else, if the requester may impersonate every part of them.
 * Source: Kubernetes reference "User impersonation".
 */
export function newImpersonation(authorize: Authorizer): Middleware {
  return (context, next) => {
    const wanted = wantedUser(context.request);
    if (!wanted) return next(context);
    const refused = refusalOf(authorize, context.user, wanted);
    if (refused) return Promise.resolve(refusal(refused));
    context.user = becoming(wanted);
    return next(context);
  };
}

function refusalOf(authorize: Authorizer, user: UserInfo, wanted: Wanted): StatusError | undefined {
  if (wanted.name === '') return newBadRequest(`requested ${asGo(wanted)} without impersonating a user name`);
  for (const info of questionsOf(wanted)) {
    const { allowed, reason } = authorize(user, info);
    if (!allowed) return newAccessDenied(user, info, reason);
  }
  return undefined;
}

interface Wanted {
  name: string;
  groups: string[];
  uid: string;
  extra: Record<string, string[]>;
}

const EXTRA_PREFIX = 'impersonate-extra-';

function wantedUser({ headers }: ServerRequest): Wanted | undefined {
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
function asGo({ name, uid, groups, extra }: Wanted): string {
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

function questionsOf({ name, groups, uid, extra }: Wanted): RequestInfo[] {
  const account = parseServiceAccountUserName(name);
  const who = account
    ? question({ resource: 'serviceaccounts', namespace: account.namespace, name: account.name })
    : question({ resource: 'users', name });
  const group = 'authentication.k8s.io';
  return [
    who,
    ...groups.map((one) => question({ resource: 'groups', name: one })),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => question({ group, resource: 'userextras', subresource: key, name: value })),
    ),
    ...(uid === '' ? [] : [question({ group, resource: 'uids', name: uid })]),
  ];
}

function question(about: Partial<RequestInfo>): RequestInfo {
  return {
    isResource: true,
    verb: 'impersonate',
    path: '',
    group: '',
    version: about.group ? 'v1' : '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    ...about,
  };
}

function becoming({ name, groups, uid, extra }: Wanted): UserInfo {
  return {
    name,
    groups: groupsOf(name, groups),
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra: { ...extra } }),
  };
}

/** A service account brings its groups unless others are asked for; then comes the group of those who are somebody, or of those who aren't. */
function groupsOf(name: string, asked: string[]): string[] {
  const account = parseServiceAccountUserName(name);
  const groups = asked.length === 0 && account ? serviceAccountGroups(account.namespace) : asked;
  if (groups.includes(GROUP_UNAUTHENTICATED)) return groups;
  if (name === USER_ANONYMOUS) return [...groups, GROUP_UNAUTHENTICATED];
  return groups.includes(GROUP_AUTHENTICATED) ? groups : [...groups, GROUP_AUTHENTICATED];
}
