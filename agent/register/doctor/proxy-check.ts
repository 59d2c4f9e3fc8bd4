import type { Socket } from 'node:net';
import { type ProxyAddress, ProxyError, proxyFor } from '../../../shared/client/proxy.ts';
import type { Environment } from '../../../shared/client/proxy-environment.ts';
import { systemTimers } from '../../../shared/client/timers.ts';
import { openTunnel } from '../../../shared/client/tunnel.ts';
import { type Check, failed, ok, reasonOf } from './check.ts';
import { checkTcp, type Endpoint } from './network-checks.ts';

/** Whether a proxy is in the way, which one, and whether it lets us through to the hub. */

export interface ProxyResult {
  check: Check;
  /** There is one; then it looks the hub's name up and dials it, and not this machine. */
  proxy?: ProxyAddress;
  /** The way through it. */
  tunnel?: Socket;
}

const NAME = 'proxy';

export async function checkProxy(
  endpoint: Endpoint,
  { server, proxyUrl, caPem }: { server: string; proxyUrl?: string; caPem?: string },
  { env, signal }: { env: Environment; signal: AbortSignal },
): Promise<ProxyResult> {
  let proxy: ProxyAddress | undefined;
  try {
    proxy = proxyFor(proxyUrl ? { proxyUrl } : {}, new URL(server), env);
  } catch (error) {
    return { check: failed(NAME, reasonOf(error), 'Mend the URL of the proxy, or unset it.') };
  }
  if (!proxy) return { check: ok(NAME, whyNone(env)) };
  const to = new URL(server).host;
  try {
    const tunnel = await openTunnel({ proxy, to, ...(caPem ? { caPem } : {}) }, systemTimers, signal);
    return { check: ok(NAME, `${proxy.name} lets us through to ${to}`), proxy, tunnel };
  } catch (error) {
    return { check: await refusal(endpoint, error), proxy };
  }
}

function whyNone(env: Environment): string {
  const set = ['HTTPS_PROXY', 'https_proxy'].filter((name) => env[name]);
  if (set.length === 0) return 'none is in the way';
  return `${set.join(', ')} is set and not used: the hub is on this machine, or NO_PROXY leaves it out`;
}

/** A hub that answers without the proxy is better told than guessed. */
async function refusal(endpoint: Endpoint, error: unknown): Promise<Check> {
  const fix = error instanceof ProxyError ? error.fix : 'Check the proxy.';
  const isReached = (await checkTcp(endpoint)).result === 'ok';
  const hint = ` Without the proxy ${endpoint.host}:${endpoint.port} accepts connections from here: leave it out (NO_PROXY=${endpoint.host}).`;
  return failed(NAME, reasonOf(error), isReached ? `${fix}${hint}` : fix);
}
