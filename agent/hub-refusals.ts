import { isForbidden, isUnauthorized } from '../shared/apis/meta/status-error.ts';
import type { Transport } from '../shared/client/transport.ts';
import { isUntrustedCertificate } from '../shared/client/transport-failure.ts';
import type { Clock } from '../shared/controller/clock.ts';
import type { Logger } from '../shared/controller/logger.ts';
import { REFUSED_BY_HUB } from './cluster/ensure-cluster.ts';
import { heardTransport } from './heard-transport.ts';
import { withWarn } from './with-warn.ts';

/**
 * What the agent says of a hub that refuses all that it asks, since its Cluster or its credential is gone there: what to do about it, once and then every ten minutes. It
 * goes on trying, for it may be registered anew; what each of its parts says of each try is for debugging then.
 */
export interface HubRefusals {
  /** The hub's, listened to. */
  heard(transport: Transport): Transport;
  /** Nothing that the agent has at the moment opens the hub: it refuses the credential, or is not known by its certificate. */
  isCutOff(): boolean;
  log: Logger;
}

const AGAIN_MS = 10 * 60_000;
/** So long nothing but 403: rights that come a moment after the agent, or one that it lacks, are no refusal of the agent. */
const FORBIDDEN_MS = 15_000;

export function newHubRefusals(log: Logger, clock: Clock): HubRefusals {
  let refusedFromMs: number | undefined;
  let toldMs: number | undefined;
  let isUntrusted = false;
  const note = (status: number): void => {
    isUntrusted = false;
    if (status === 401) refusedFromMs = Math.min(refusedFromMs ?? Number.POSITIVE_INFINITY, clock.monotonic());
    else if (status === 403) refusedFromMs ??= clock.monotonic() + FORBIDDEN_MS;
    else if (status < 429) {
      refusedFromMs = undefined;
      if (toldMs !== undefined) log.info({}, 'the hub takes this agent again');
      toldMs = undefined;
    }
  };
  const isRefused = (): boolean => refusedFromMs !== undefined && clock.monotonic() >= refusedFromMs;
  const warn = (fields: object, message: string): void => {
    const { err } = fields as { err?: unknown };
    if (!isRefused() || !isRefusal(err)) {
      log.warn(fields, message);
      return;
    }
    log.debug(fields, message);
    if (toldMs !== undefined && clock.monotonic() - toldMs < AGAIN_MS) return;
    toldMs = clock.monotonic();
    log.warn({ err }, REFUSED_BY_HUB);
  };
  const failed = (error: unknown): void => {
    isUntrusted ||= isUntrustedCertificate(error);
  };
  return {
    heard: (transport) => heardTransport(transport, { answered: note, failed }),
    isCutOff: () => isUntrusted || isRefused(),
    log: withWarn(log, warn),
  };
}

function isRefusal(error: unknown): boolean {
  if (isUnauthorized(error) || isForbidden(error)) return true;
  return error instanceof Error && error.cause !== undefined && isRefusal(error.cause);
}
