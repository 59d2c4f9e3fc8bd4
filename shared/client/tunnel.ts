import { withDeadline } from './deadline.ts';
import { openHttpTunnel } from './http-tunnel.ts';
import { type ProxyAddress, ProxyError, type TunnelRequest, type TunnelSocket } from './proxy.ts';
import { openSocksTunnel } from './socks-tunnel.ts';
import type { Timers } from './timers.ts';

const DEADLINE_MS = 20_000;
const TCP_KEEP_ALIVE_MS = 15_000;

/** Rejects with a ProxyError, in words, or with the reason of `signal`. */
export async function openTunnel(
  request: Omit<TunnelRequest, 'signal'>,
  timers: Timers,
  signal: AbortSignal,
): Promise<TunnelSocket> {
  const { proxy, to } = request;
  const limit = { signal, timeoutMs: DEADLINE_MS, what: () => noAnswer(proxy, to) };
  return withDeadline(timers, limit, async (ending) => {
    try {
      const open = proxy.protocol === 'socks5:' ? openSocksTunnel : openHttpTunnel;
      const socket = await open({ ...request, signal: ending });
      return socket.setNoDelay(true).setKeepAlive(true, TCP_KEEP_ALIVE_MS);
    } catch (error) {
      throw ending.aborted ? ending.reason : error;
    }
  });
}

function noAnswer(proxy: ProxyAddress, to: string): ProxyError {
  return new ProxyError(`no answer from the proxy ${proxy.name} when asked for ${to}`, {
    fix: 'Check that the proxy can be reached from here, and that it can reach the server.',
  });
}
