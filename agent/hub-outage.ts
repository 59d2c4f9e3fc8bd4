import { type Transport, TransportError } from '../shared/client/transport.ts';
import type { Clock } from '../shared/controller/clock.ts';
import type { Logger } from '../shared/controller/logger.ts';
import { heardTransport } from './heard-transport.ts';
import { withWarn } from './with-warn.ts';

/**
 * What the agent says of a hub that it can't reach: so once, again after one minute, two, four and so on up to ten, and when the hub is back. One that is overloaded, and
 * lets one request in many wait too long, is told of no more often. The agent goes on trying all the while; what each of its parts says of each try is for debugging then.
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
  let outage: { sinceMs: number; isTold: boolean } | undefined;
  /** When any is told of next, and how long after that again. */
  let next = { dueMs: Number.NEGATIVE_INFINITY, againMs: AGAIN_MS };
  const isLong = ({ sinceMs }: { sinceMs: number }): boolean => clock.monotonic() - sinceMs >= WORTH_TELLING_MS;
  const failures = new WeakSet<object>();
  const failed = (error: unknown): void => {
    if (!(error instanceof TransportError)) return;
    failures.add(error);
    if (outage) return;
    outage = { sinceMs: clock.monotonic(), isTold: false };
    if (clock.monotonic() >= next.dueMs + MAX_AGAIN_MS) next = { dueMs: clock.monotonic(), againMs: AGAIN_MS };
  };
  const answered = (): void => {
    const before = outage;
    outage = undefined;
    if (!before?.isTold || !isLong(before)) return;
    next = { dueMs: clock.monotonic(), againMs: AGAIN_MS };
    log.info({ awaySeconds: secondsSince(before.sinceMs) }, 'the hub answers again');
  };
  const secondsSince = (sinceMs: number): number => Math.round((clock.monotonic() - sinceMs) / 1000);
  const isOfHub = (error: unknown): boolean =>
    error instanceof Error && (failures.has(error) || (error.cause !== undefined && isOfHub(error.cause)));
  const warn = (fields: object, message: string): void => {
    const { err } = fields as { err?: unknown };
    if (!outage || !isOfHub(err)) {
      log.warn(fields, message);
      return;
    }
    log.debug(fields, message);
    const isNews = !outage.isTold && isLong(outage);
    if (!isNews && clock.monotonic() < next.dueMs) return;
    outage.isTold = true;
    const againMs = isNews ? AGAIN_MS : next.againMs;
    next = { dueMs: clock.monotonic() + againMs, againMs: Math.min(MAX_AGAIN_MS, againMs * 2) };
    const awaySeconds = secondsSince(outage.sinceMs);
    log.warn({ err, ...(awaySeconds > 0 ? { awaySeconds } : {}) }, UNREACHABLE);
  };
  return { heard: (transport) => heardTransport(transport, { answered, failed }), log: withWarn(log, warn) };
}

const UNREACHABLE = "the hub can't be reached; trying again until it can, and telling of it ever more rarely";
