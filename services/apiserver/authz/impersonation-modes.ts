import { isStatusError, type StatusError } from '../../../shared/apis/meta/status-error.ts';
import {
  GROUP_AUTHENTICATED,
  GROUP_MASTERS,
  GROUP_UNAUTHENTICATED,
  USER_ANONYMOUS,
  type UserInfo,
} from '../../../shared/apis/user-info.ts';
import { boundNode, parseServiceAccountUserName, serviceAccountGroups } from '../authn/service-account-user.ts';
import { isDnsSubdomain } from '../registry/object-names.ts';
import type { RequestInfo } from '../request.ts';
import { validatePrefixedPath } from '../resources/prefixed-path.ts';
import type { Authorizer } from './authorizer.ts';
import { newAccessDenied } from './forbidden.ts';
import { aggregate } from './rbac-authorizer.ts';

/**
 * Who may go on as whom: the narrow modes, which depend on what is being asked for (`impersonate-on:<mode>:<verb>`), before `impersonate`, which does not.
 * Source: Kubernetes reference "User impersonation", "Constrained impersonation"; apiserver, endpoints/filters/impersonation.
 */

/** As the headers say it. */
export interface WantedUser {
  name: string;
  groups: string[];
  uid: string;
  extra: Record<string, string[]>;
}

export interface Impersonated {
  user: UserInfo;
  /** The verb of the narrow mode that allowed it, for the audit log. */
  constraint?: string;
}

export interface Impersonation {
  requester: UserInfo;
  info: RequestInfo;
  wanted: WantedUser;
}

/** The first mode that allows it; else the refusal of the first that had to do with it. */
export type ImpersonationCheck = (asked: Impersonation) => Impersonated | StatusError;

/** Who impersonates mostly does it in one way, which is tried first, as upstream; of so many requesters it is known. */
const KNOWN_REQUESTERS = 10_000;

export function newImpersonationCheck(authorize: Authorizer): ImpersonationCheck {
  const lastModes = new Map<string, Mode>();
  return (asked) => {
    const { name } = asked.requester;
    const last = lastModes.get(name);
    const inOrder = last ? [last, ...MODES.filter((mode) => mode !== last)] : MODES;
    let refused: StatusError | undefined;
    for (const mode of inOrder) {
      const result = attempt(mode, authorize, asked);
      if (isStatusError(result)) refused ??= result;
      else if (result) {
        remember(lastModes, name, mode);
        return result;
      }
    }
    return refused ?? newAccessDenied(asked.requester, asked.info, 'all impersonation modes failed');
  };
}

function remember(lastModes: Map<string, Mode>, name: string, mode: Mode): void {
  lastModes.delete(name);
  lastModes.set(name, mode);
  const [oldest] = lastModes.keys();
  if (lastModes.size > KNOWN_REQUESTERS && oldest !== undefined) lastModes.delete(oldest);
}

interface Mode {
  /** Absent: the one that does not ask what for. */
  name?: string;
  takes(wanted: WantedUser, requester: UserInfo): boolean;
  /** Of the node, whichever it is. */
  isOfAnyNode?: true;
}

const NODE_PREFIX = 'system:node:';
const NODES_GROUP = 'system:nodes';

const MODES: readonly Mode[] = [
  {
    name: 'associated-node',
    takes: (wanted, requester) => isOnlyNamed(wanted) && isOnNode(requester, wanted.name),
    isOfAnyNode: true,
  },
  { name: 'arbitrary-node', takes: (wanted) => isOnlyNamed(wanted) && nodeOf(wanted.name) !== undefined },
  {
    name: 'serviceaccount',
    takes: (wanted) => isOnlyNamed(wanted) && Boolean(parseServiceAccountUserName(wanted.name)),
  },
  { name: 'user-info', takes: ({ name }) => nodeOf(name) === undefined && !parseServiceAccountUserName(name) },
  { takes: () => true },
];

const isOnlyNamed = ({ groups, uid, extra }: WantedUser): boolean =>
  groups.length === 0 && uid === '' && Object.keys(extra).length === 0;

/** The node of a user that is one. */
function nodeOf(userName: string): string | undefined {
  const name = userName.slice(NODE_PREFIX.length);
  return userName.startsWith(NODE_PREFIX) && isDnsSubdomain(name).length === 0 ? name : undefined;
}

/** A service account whose token is bound to that very node. */
function isOnNode(requester: UserInfo, userName: string): boolean {
  const node = nodeOf(userName);
  return node !== undefined && boundNode(requester) === node;
}

/** Undefined: the mode is for other users. */
function attempt(mode: Mode, authorize: Authorizer, asked: Impersonation): Impersonated | StatusError | undefined {
  const { requester, info, wanted } = asked;
  if (!mode.takes(wanted, requester)) return undefined;
  const deny = (one: RequestInfo): StatusError | undefined => {
    const { allowed, reason } = authorize(requester, one);
    return allowed ? undefined : newAccessDenied(requester, one, reason);
  };
  const refuse = (one: RequestInfo, why: string): StatusError => newAccessDenied(requester, one, why);
  const isNarrow = mode.name !== undefined;
  const refused = isNarrow ? deny({ ...info, verb: `impersonate-on:${mode.name}:${info.verb}` }) : undefined;
  const verb = isNarrow ? `impersonate:${mode.name}` : 'impersonate';
  const check: Check = { deny, refuse, verb, isNarrow };
  const failed = refused ?? refusalOf(check, wanted, mode.isOfAnyNode ?? false);
  return failed ?? { user: becoming(wanted, isNarrow), ...(isNarrow ? { constraint: verb } : {}) };
}

interface Check {
  deny(question: RequestInfo): StatusError | undefined;
  refuse(question: RequestInfo, why: string): StatusError;
  verb: string;
  isNarrow: boolean;
}

const AUTHENTICATION = 'authentication.k8s.io';

function refusalOf(check: Check, wanted: WantedUser, isOfAnyNode: boolean): StatusError | undefined {
  const { deny, verb } = check;
  return (
    deny(whoQuestion(check, wanted.name, isOfAnyNode)) ??
    (wanted.uid === ''
      ? undefined
      : deny(question(verb, { group: AUTHENTICATION, resource: 'uids', name: wanted.uid }))) ??
    refusalOfGroups(check, wanted.groups) ??
    refusalOfExtra(check, wanted.extra)
  );
}

function whoQuestion({ verb, isNarrow }: Check, userName: string, isOfAnyNode: boolean): RequestInfo {
  const group = isNarrow ? AUTHENTICATION : '';
  const account = parseServiceAccountUserName(userName);
  if (account) return question(verb, { group, resource: 'serviceaccounts', ...account });
  const node = isNarrow ? nodeOf(userName) : undefined;
  if (node !== undefined) return question(verb, { group, resource: 'nodes', name: isOfAnyNode ? '*' : node });
  return question(verb, { group, resource: 'users', name: userName });
}

/** So many questions are asked as one first: may all be impersonated? */
const MANY = 4;

function refusalOfGroups({ deny, refuse, verb, isNarrow }: Check, groups: string[]): StatusError | undefined {
  const about = (name: string) => question(verb, { group: isNarrow ? AUTHENTICATION : '', resource: 'groups', name });
  if (isNarrow && groups.includes('')) return refuse(about(''), 'impersonating the empty string group is not allowed');
  if (isNarrow && groups.includes(GROUP_MASTERS))
    return refuse(about(GROUP_MASTERS), `impersonating the ${GROUP_MASTERS} group is not allowed`);
  if (isNarrow && groups.length >= MANY && !deny(about('*'))) return undefined;
  return firstOf(groups.map(about), deny);
}

function refusalOfExtra({ deny, refuse, verb, isNarrow }: Check, extra: WantedUser['extra']): StatusError | undefined {
  const about = (subresource: string, name: string): RequestInfo =>
    question(verb, { group: AUTHENTICATION, resource: 'userextras', subresource, name });
  const questions = Object.entries(extra).flatMap(([key, values]) => values.map((value) => about(key, value)));
  const why = isNarrow ? wrongExtra(extra) : undefined;
  if (why !== undefined) return refuse(about('', ''), why);
  if (isNarrow && questions.length >= MANY && !deny(about('*', '*'))) return undefined;
  return firstOf(questions, deny);
}

/** Why extra fields can't be had in a narrow mode; undefined: they can. */
function wrongExtra(extra: WantedUser['extra']): string | undefined {
  for (const [key, values] of Object.entries(extra)) {
    if (key === '') return 'impersonating the empty string key in extra is not allowed';
    const causes = validatePrefixedPath(key, 'extra.key').map(({ field, message }) => `${field}: ${message}`);
    if (causes.length > 0) return `impersonating an invalid key in extra is not allowed: ${aggregate(causes)}`;
    if (key !== key.toLowerCase())
      return `impersonating a non-lowercase key in extra is not allowed: ${JSON.stringify(key)}`;
    if (values.includes('')) return 'impersonating the empty string value in extra is not allowed';
  }
  return undefined;
}

function firstOf(
  questions: RequestInfo[],
  deny: (question: RequestInfo) => StatusError | undefined,
): StatusError | undefined {
  for (const one of questions) {
    const refused = deny(one);
    if (refused) return refused;
  }
  return undefined;
}

function question(verb: string, about: Partial<RequestInfo>): RequestInfo {
  return {
    isResource: true,
    verb,
    path: '',
    group: '',
    version: 'v1',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    ...about,
  };
}

function becoming({ name, groups, uid, extra }: WantedUser, isNarrow: boolean): UserInfo {
  return {
    name,
    groups: withEverybody(name, ownGroups(name, groups, isNarrow)),
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra: { ...extra } }),
  };
}

/** A service account brings its groups unless others are asked for; a node does in a narrow mode. */
function ownGroups(name: string, asked: string[], isNarrow: boolean): string[] {
  const account = parseServiceAccountUserName(name);
  if (asked.length === 0 && account) return serviceAccountGroups(account.namespace);
  return isNarrow && nodeOf(name) !== undefined ? [NODES_GROUP] : asked;
}

/** The group of those who are somebody, or of those who aren't. */
function withEverybody(name: string, groups: string[]): string[] {
  if (groups.includes(GROUP_UNAUTHENTICATED)) return groups;
  if (name === USER_ANONYMOUS) return [...groups, GROUP_UNAUTHENTICATED];
  return groups.includes(GROUP_AUTHENTICATED) ? groups : [...groups, GROUP_AUTHENTICATED];
}
