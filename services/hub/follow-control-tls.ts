import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../shared/controller/clock.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import type { ControlTls } from '../control/control-server.ts';

/** The certificate of the control-plane API where the hub does not make it in memory: files that are mounted, or a Secret, change under it. */
export interface ControlTlsParts {
  /** Looks at what there is now. */
  load(signal: AbortSignal): Promise<ControlTls>;
  use(tls: ControlTls): void;
  /** What is served already. */
  served: ControlTls;
  clock: Clock;
  log: Pick<Logger, 'info' | 'warn'>;
}

const LOOK_EVERY_MS = 5 * 60_000;

/** Runs until `signal` aborts. What can't be read or served leaves what is served as it is. */
export async function followControlTls(
  { load, use, served, clock, log }: ControlTlsParts,
  signal: AbortSignal,
): Promise<void> {
  let last = served;
  for (;;) {
    await sleep(clock, LOOK_EVERY_MS, signal);
    if (signal.aborted) return;
    try {
      const now = await load(signal);
      if (isDeepStrictEqual(now, last)) continue;
      use(now);
      last = now;
      log.info({}, 'the certificate of the control-plane API has changed');
    } catch (error) {
      if (signal.aborted) return;
      log.warn(
        { err: error },
        'the certificate of the control-plane API could not be read again; the last one is served',
      );
    }
  }
}
