import { newTooManyRequests } from '../../../shared/apis/meta/status-error.ts';
import { GROUP_MASTERS } from '../../../shared/apis/user-info.ts';
import type { Middleware } from '../request.ts';
import { isLongRunning } from './long-running.ts';

export interface InFlightLimits {
  /** Of one user at a time. */
  perUser: number;
  /** Of everybody together. */
  total: number;
}

const IN_FLIGHT_LIMITS: InFlightLimits = { perUser: 400, total: 2000 };

/** 429 for who asks more at once than their share, so that nobody starves the rest. `system:masters` is never refused, as upstream exempts it. */
export function newInFlightLimit(limits: InFlightLimits = IN_FLIGHT_LIMITS): Middleware {
  const ofUser = new Map<string, number>();
  let total = 0;
  const enter = (name: string): void => {
    total += 1;
    ofUser.set(name, (ofUser.get(name) ?? 0) + 1);
  };
  const leave = (name: string): void => {
    total -= 1;
    const left = (ofUser.get(name) ?? 0) - 1;
    if (left > 0) ofUser.set(name, left);
    else ofUser.delete(name);
  };
  const isFull = (name: string): boolean => total >= limits.total || (ofUser.get(name) ?? 0) >= limits.perUser;

  return async (context, next) => {
    const { name, groups } = context.user;
    if (isLongRunning(context.info) || groups.includes(GROUP_MASTERS)) return next(context);
    if (isFull(name)) throw newTooManyRequests('Too many requests, please try again later.', 1);
    enter(name);
    try {
      return await next(context);
    } finally {
      leave(name);
    }
  };
}
