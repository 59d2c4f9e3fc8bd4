import type { Clock } from '../../shared/controller/clock.ts';
import { rfc3339 } from '../../shared/controller/conditions.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { readCertificate } from '../../shared/pki/certificate-info.ts';
import { caNotAfter } from '../../shared/pki/x509.ts';
import type { HubPki } from './hub-pki.ts';

/** The hub's keys and certificates as they are now, while it runs: renewed before their end, and changed by the steps of a new authority. */
export interface LivePki {
  current(): HubPki;
  /** Does `step` on the files as they are, if there is one, reads them again and makes anew what is near its end. One at a time; resolves when whoever `follow`s has followed. */
  reload(step?: (current: HubPki) => Promise<void> | void): Promise<HubPki>;
  /** Is told when something has changed, in the order of these calls; what it throws is what `reload` throws. The result takes it back. */
  follow(follower: (pki: HubPki) => Promise<void> | void): () => void;
  /** Looks several times a day whether a certificate is near its end. Runs until `signal` aborts. */
  keepRenewing(signal: AbortSignal): Promise<void>;
}

export interface LivePkiDeps {
  load(): Promise<HubPki>;
  clock: Clock;
  log: Logger;
}

const LOOK_EVERY_MS = 6 * 3600_000;
const WARN_BEFORE_MS = 180 * 24 * 3600_000;

export async function newLivePki({ load, clock, log }: LivePkiDeps): Promise<LivePki> {
  const followers = new Set<(pki: HubPki) => Promise<void> | void>();
  let current = await load();
  /** As whoever follows was told last; undefined if one of them failed. */
  let followed: HubPki | undefined = current;
  const takeUp = async (): Promise<HubPki> => {
    current = await load();
    if (followed && isSame(followed, current)) return current;
    followed = undefined;
    for (const follower of followers) await follower(current);
    followed = current;
    const { serving, authorities } = current;
    const ends = rfc3339(readCertificate(serving.certPem).notAfter);
    log.info({ ends, stage: authorities.stage }, "the hub's certificates have changed");
    return current;
  };
  // An earlier step that failed half-way may have left the files further on than what was read before it.
  const reloadNow = async (step?: (current: HubPki) => Promise<void> | void): Promise<HubPki> => {
    await step?.(await takeUp());
    return takeUp();
  };
  let last: Promise<unknown> = Promise.resolve();
  const reload: LivePki['reload'] = (step) => {
    const next = last.then(() => reloadNow(step));
    last = next.catch(() => undefined);
    return next;
  };
  return {
    current: () => current,
    reload,
    follow: (follower) => {
      followers.add(follower);
      return () => void followers.delete(follower);
    },
    keepRenewing: async (signal) => {
      while (!signal.aborted) {
        warnOfEnd(current, { clock, log });
        await sleep(clock, LOOK_EVERY_MS, signal);
        if (signal.aborted) return;
        await reload().catch((error: unknown) => log.error({ err: error }, "the hub's certificates can't be renewed"));
      }
    },
  };
}

function isSame(before: HubPki, after: HubPki): boolean {
  const text = ({ caPem, serving, admin }: HubPki): string => caPem + serving.certPem + admin.certPem;
  return text(before) === text(after);
}

function warnOfEnd({ ca }: HubPki, { clock, log }: Pick<LivePkiDeps, 'clock' | 'log'>): void {
  const { notAfter } = caNotAfter(ca);
  if (notAfter - clock.now() > WARN_BEFORE_MS) return;
  log.warn({ ends: rfc3339(notAfter) }, "the hub's certificate authority is near its end: pullet hub ca rotate");
}
