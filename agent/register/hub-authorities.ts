import {
  CLUSTER_INFO_KUBECONFIG_KEY,
  CLUSTER_INFO_NAME,
  CLUSTER_INFO_NAMESPACE,
} from '../../shared/apis/bootstrap/token.ts';
import { configMaps } from '../../shared/apis/core/v1.ts';
import { isForbidden, isNotFound, isUnauthorized } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { withDeadline } from '../../shared/client/deadline.ts';
import { isUntrustedCertificate } from '../../shared/client/transport-failure.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { caPins } from '../../shared/pki/ca-pin.ts';
import { pemBlocks } from '../../shared/pki/pem.ts';
import { parseClusterInfo } from './cluster-info-kubeconfig.ts';
import type { HubCredentials } from './hub-credentials.ts';
import { withAuthorities } from './kubeconfig-edit.ts';
import type { KubeconfigPlace } from './kubeconfig-place.ts';

/**
 * Keeps what the agent knows the hub by up to date: the authorities that the hub publishes in cluster-info, read as anybody may read them over TLS that those
 * in use vouch for. So the hub can be given another authority while agents are connected: it publishes the new one long before it shows a certificate of it.
 */
export interface AuthoritiesDeps {
  credentials: HubCredentials;
  place: KubeconfigPlace;
  /** A client that shows no credential and trusts these authorities alone; who asked closes it. */
  newAnonymousHub(caPem: string): KubeClient;
  clock: Clock;
  log: Logger;
  random?: () => number;
}

export interface AuthoritiesOptions {
  /** Of the hub's kubeconfig; its current one if absent. */
  context?: string;
  checkEveryMs: number;
}

const FIRST_LOOK_MS = 60_000;
const SPREAD = 0.25;
const REQUEST_TIMEOUT_MS = 10_000;

/** The leader: looks again and again, not when others do. Runs until `signal` aborts. An agent that trusts the system's authorities follows nobody. */
export async function followHubAuthorities(
  deps: AuthoritiesDeps,
  options: AuthoritiesOptions,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, random = Math.random } = deps;
  const { checkEveryMs } = options;
  await sleep(clock, Math.min(checkEveryMs, FIRST_LOOK_MS) * random(), signal);
  while (!signal.aborted) {
    try {
      await takeUpAuthorities(deps, options, signal);
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, problemOf(error));
    }
    await sleep(clock, checkEveryMs * (1 - SPREAD * random()), signal);
  }
}

function problemOf(error: unknown): string {
  if (!isUntrustedCertificate(error)) return "could not look for a newer authority of the hub's";
  return (
    'the hub shows a certificate of an authority that this agent does not know. If the hub was given a new one while the agent was away: ' +
    'pullet cert renew --token TOKEN --discovery-token-ca-cert-hash HASH'
  );
}

/** True if others were taken up. Those by which the hub can't be verified now are refused: they would cut the agent off. */
export async function takeUpAuthorities(
  { credentials, place, newAnonymousHub, clock, log }: AuthoritiesDeps,
  { context }: Pick<AuthoritiesOptions, 'context'>,
  signal: AbortSignal,
): Promise<boolean> {
  const trusted = credentials.trusted();
  if (!trusted) return false;
  const published = await fetchAuthorities(newAnonymousHub(trusted), clock, signal);
  if (!published || samePins(published, trusted)) return false;
  const again = await fetchAuthorities(newAnonymousHub(published), clock, signal).catch((error: unknown) => {
    throw new Error(
      "the authorities that the hub's cluster-info names do not vouch for the hub: they are not taken up",
      {
        cause: error,
      },
    );
  });
  if (again !== published) return false;
  await place.change((text) => withAuthorities(text, published, context), signal);
  credentials.trust(published);
  log.info({ authorities: caPins(published) }, "the hub's authorities have changed and were taken up");
  return true;
}

/** The order counts too: the first is the one that the hub signs with. */
function samePins(one: string, other: string): boolean {
  return caPins(one).join() === caPins(other).join();
}

/** Undefined where the hub publishes none, or not for everybody. */
async function fetchAuthorities(hub: KubeClient, clock: Clock, signal: AbortSignal): Promise<string | undefined> {
  const limit = { signal, timeoutMs: REQUEST_TIMEOUT_MS, what: () => "the hub's cluster-info" };
  const key = { name: CLUSTER_INFO_NAME, namespace: CLUSTER_INFO_NAMESPACE };
  try {
    const { data } = await withDeadline(clock, limit, (aborted) => hub.get(configMaps, key, { signal: aborted }));
    const { caPem } = parseClusterInfo(data?.[CLUSTER_INFO_KUBECONFIG_KEY] ?? '');
    // Whoever put two together may have forgotten the line break between them.
    return pemBlocks(caPem, 'CERTIFICATE').join('') || undefined;
  } catch (error) {
    if (isNotFound(error) || isForbidden(error) || isUnauthorized(error)) return undefined;
    throw error;
  } finally {
    await hub.close();
  }
}
