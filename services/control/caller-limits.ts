import type { Caller } from './caller.ts';
import type { ControlLimits } from './control-deps.ts';
import { newTooManyRequests } from './problem.ts';
import { newRateLimit } from './rate-limit.ts';

/** How often somebody may ask, and how often a place may guess. */
export interface CallerLimits {
  /** Throws 429 with Retry-After. */
  admit(caller: Caller): void;
  /** The same for who needs no credential. */
  admitAddress(address: string): void;
  /** To be told of the status that a request with a credential ended with. */
  ended(caller: Caller, status: number): void;
}

export const DEFAULT_LIMITS: ControlLimits = { requestsPerSecond: 20, burst: 60 };
/** Of credentials that are no good, from one address. */
const REFUSALS = { perSecond: 1, burst: 20 };
const MAX_KNOWN = 10_000;

export function newCallerLimits(limits: ControlLimits, now: () => number): CallerLimits {
  const requests = newRateLimit({ perSecond: limits.requestsPerSecond, burst: limits.burst, now });
  const refusals = newRateLimit({ ...REFUSALS, now });
  const known = new Set<string>();
  return {
    admit: (caller) => {
      // Whoever guesses has a new key each time, but not a new address; who is known from before shares it in peace.
      const isStranger = !caller.hasVerifiedCertificate && !known.has(caller.key);
      const waitMs = (isStranger && refusals.waitMs(caller.address)) || requests.take(caller.key);
      if (waitMs > 0) throw newTooManyRequests(waitMs);
    },
    admitAddress: (address) => {
      const waitMs = requests.take(address);
      if (waitMs > 0) throw newTooManyRequests(waitMs);
    },
    ended: (caller, status) => {
      if (status === 401) refusals.take(caller.address);
      // Success alone shows that somebody has looked at the credential and found it good.
      if (status === 401 || status < 300) known.delete(caller.key);
      if (status < 300) known.add(caller.key);
      const [oldest] = known;
      if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
    },
  };
}
