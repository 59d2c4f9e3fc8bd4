import { withDeadline } from '../../shared/client/deadline.ts';
import type { Clock } from '../../shared/controller/clock.ts';

/** Of all requests for one object together, or of one question of a person. */
const MEMBER_TIMEOUT_MS = 30_000;

/** What a member may take for one object. Throws a TransportError after that, so that one request which hangs does not hold up the rest of a Work for as long as a request may take. */
export function inMember<T>(
  { clock, cluster }: { clock: Clock; cluster: string },
  signal: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withDeadline(clock, { signal, timeoutMs: MEMBER_TIMEOUT_MS, what: () => `the cluster ${cluster}` }, task);
}
