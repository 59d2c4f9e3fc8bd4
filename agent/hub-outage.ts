import { type Transport, TransportError } from '../shared/client/transport.ts';
import type { Clock } from '../shared/controller/clock.ts';
import type { Logger } from '../shared/controller/logger.ts';
import { heardTransport } from './heard-transport.ts';
import { withWarn } from './with-warn.ts';

/**
 * What the agent says of a hub that it can't reach: so once, again after one minute, two, four and so on up to ten, and when the hub is back. It goes on trying all the
 * while; what each of its parts says of each try is for debugging then.
 */
export interface HubOutage {
  /** The hub's, listened to. */
  heard(transport: Transport): Transport;
  log: Logger;
}

const AGAIN_MS = 60_000;
const MAX_AGAIN_MS = 10 * 60_000;
/** Shorter ones, of a hub that lets one request wait too long and answers the next, are over without a word. */
const WORTH_TELLING_MS = 10_000;

export function newHubOutage(log: Logger, clock: Clock): HubOutage {
  /** Of this outage: since when, when it is told of again, and how long after the last time that is. */
  let outage: { sinceMs: number; dueMs: number; againMs: number } | undefined;
  const failures = new WeakSet<object>();
  const failed = (error: unknown): void => {
    if (!(error instanceof TransportError)) return;
    failures.add(error);
    outage ??= { sinceMs: clock.now(), dueMs: clock.now(), againMs: AGAIN_MS };
  };
  const answered = (): void => {
    const awaySeconds = outage ? Math.round((clock.now() - outage.sinceMs) / 1000) : 0;
    const wasTold = outage !== undefined && outage.dueMs > outage.sinceMs;
    outage = undefined;
    if (wasTold && awaySeconds * 1000 >= WORTH_TELLING_MS) log.info({ awaySeconds }, 'the hub answers again');
  };
  const isOfHub = (error: unknown): boolean =>
    error instanceof Error && (failures.has(error) || (error.cause !== undefined && isOfHub(error.cause)));
  const warn = (fields: object, message: string): void => {
    const { err } = fields as { err?: unknown };
    if (!outage || !isOfHub(err)) {
      log.warn(fields, message);
      return;
    }
    log.debug(fields, message);
    const { sinceMs, dueMs, againMs } = outage;
    if (clock.now() < dueMs) return;
    outage = { sinceMs, dueMs: clock.now() + againMs, againMs: Math.min(MAX_AGAIN_MS, againMs * 2) };
    const awaySeconds = Math.round((clock.now() - sinceMs) / 1000);
    log.warn({ err, ...(awaySeconds > 0 ? { awaySeconds } : {}) }, UNREACHABLE);
  };
  return { heard: (transport) => heardTransport(transport, { answered, failed }), log: withWarn(log, warn) };
}

const UNREACHABLE = "the hub can't be reached; trying again until it can, and telling of it ever more rarely";
