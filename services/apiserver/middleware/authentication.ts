import { newUnauthorized } from '../../../shared/apis/meta/status-error.ts';
import {
  GROUP_AUTHENTICATED,
  GROUP_UNAUTHENTICATED,
  USER_ANONYMOUS,
  type UserInfo,
} from '../../../shared/apis/user-info.ts';
import { type Authenticator, InvalidCredentialError } from '../authn/authenticator.ts';
import type { Middleware, ServerRequest } from '../request.ts';
import type { ServerLogger } from '../server-logger.ts';

export const ANONYMOUS: UserInfo = { name: USER_ANONYMOUS, groups: [GROUP_UNAUTHENTICATED] };

/** Says who the requester is. Who presents nothing is anonymous; who presents something bad gets 401. */
export function newAuthentication(authenticate: Authenticator, log: ServerLogger): Middleware {
  return async (context, next) => {
    context.user = await userOf(context.request, authenticate, log);
    return next(context);
  };
}

async function userOf(request: ServerRequest, authenticate: Authenticator, log: ServerLogger): Promise<UserInfo> {
  if (request.inProcessUser) return authenticated(request.inProcessUser);
  try {
    const user = await authenticate(request);
    return user ? authenticated(user) : ANONYMOUS;
  } catch (error) {
    if (!(error instanceof InvalidCredentialError)) throw error;
    log.debug({ reason: error.message, remoteAddress: request.remoteAddress }, 'a credential was refused');
    throw newUnauthorized();
  }
}

/** Everybody who is somebody is in `system:authenticated`. The same user for the same, so that what is remembered of one is found again. */
export function authenticated(user: UserInfo): UserInfo {
  if (user.groups.includes(GROUP_AUTHENTICATED)) return user;
  const known = members.get(user);
  if (known) return known;
  const member = { ...user, groups: [...user.groups, GROUP_AUTHENTICATED] };
  members.set(user, member);
  return member;
}

const members = new WeakMap<UserInfo, UserInfo>();
