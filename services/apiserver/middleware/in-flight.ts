import { newTooManyRequests } from '../../../shared/apis/meta/status-error.ts';
import { GROUP_MASTERS } from '../../../shared/apis/user-info.ts';
import type { Handler, Middleware, RequestContext, RequestInfo, ServerResponse } from '../request.ts';
import { isLongRunning } from './long-running.ts';
import { isStream, onceEnded } from './stream-end.ts';

/** How many requests may be in flight at a time. */
export interface Share {
  ofUser: number;
  /** Of everybody together. */
  total: number;
}

export interface InFlightLimits {
  /** Of leases: who is late with one counts as lost, and a hub that is full of other work must not bring that about. */
  renewals: Share;
  /** All other requests. */
  others: Share;
  /** Watches that are open. */
  watches: Share;
}

/** So many renewals that each of 10 000 clusters may wait for its own: waiting makes them fewer, being refused does not. A user has few leases. */
const IN_FLIGHT_LIMITS: InFlightLimits = {
  renewals: { ofUser: 50, total: 10_000 },
  others: { ofUser: 400, total: 2000 },
  // Each of 10 000 agents has a few; an administrator's tools have hundreds.
  watches: { ofUser: 2000, total: 100_000 },
};

/**
 * 429 for who asks more at once than their share, so that nobody starves the rest. `system:masters` is never refused, as upstream exempts it; renewals of leases
 * have a level of their own, as the leases of nodes have upstream.
 */
export function newInFlightLimit(limits: InFlightLimits = IN_FLIGHT_LIMITS): Middleware {
  const renewals = newLevel(limits.renewals);
  const others = newLevel(limits.others);
  const watches = newLevel(limits.watches);
  return async (context, next) => {
    const { name, groups } = context.user;
    if (groups.includes(GROUP_MASTERS)) return next(context);
    if (isLongRunning(context.info)) return whileOpen(watches, context, next);
    const level = isRenewal(context.info) ? renewals : others;
    if (!level.enter(name)) throw newRefusal();
    try {
      return await next(context);
    } finally {
      level.leave(name);
    }
  };
}

const newRefusal = () => newTooManyRequests('Too many requests, please try again later.', 1);

/** A place until the stream is over, given up, or its reader is gone. */
async function whileOpen(level: Level, context: RequestContext, next: Handler): Promise<ServerResponse> {
  const { name } = context.user;
  if (!level.enter(name)) throw newRefusal();
  let isOver = false;
  const leave = (): void => {
    if (!isOver) level.leave(name);
    isOver = true;
  };
  try {
    const response = await next(context);
    if (isStream(response)) return { ...response, body: endingWith(context.signal(), response.body, leave) };
    leave();
    return response;
  } catch (error) {
    leave();
    throw error;
  }
}

function endingWith(
  signal: AbortSignal,
  body: AsyncIterable<Uint8Array>,
  leave: () => void,
): AsyncIterable<Uint8Array> {
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  return onceEnded(body, () => {
    signal.removeEventListener('abort', leave);
    leave();
  });
}

/** With the look at a lease that goes before its renewal. */
function isRenewal({ group, resource, subresource, verb }: RequestInfo): boolean {
  return group === 'coordination.k8s.io' && resource === 'leases' && subresource === '' && VERBS.includes(verb);
}

const VERBS = ['get', 'update', 'patch'];

interface Level {
  /** False: there is no room. */
  enter(user: string): boolean;
  leave(user: string): void;
}

/** So many users are kept in mind, and twice as many as had something under way when they were last looked through. */
const LEAST_USERS = 256;

/**
 * Who has nothing under way any more is taken out later, with all others of whom that is true: a map that somebody is taken out of with each request is made anew all the
 * time, and each one of those keeps the next.
 */
function newLevel(share: Share): Level {
  const ofUser = new Map<string, number>();
  let mostUsers = LEAST_USERS;
  let total = 0;
  const forgetIdle = (): void => {
    for (const [user, own] of ofUser) if (own === 0) ofUser.delete(user);
    mostUsers = Math.max(LEAST_USERS, 2 * ofUser.size);
  };
  return {
    enter: (user) => {
      const own = ofUser.get(user) ?? 0;
      if (total >= share.total || own >= share.ofUser) return false;
      total += 1;
      ofUser.set(user, own + 1);
      if (ofUser.size > mostUsers) forgetIdle();
      return true;
    },
    leave: (user) => {
      total -= 1;
      ofUser.set(user, (ofUser.get(user) ?? 1) - 1);
    },
  };
}
