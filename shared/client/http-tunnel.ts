import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { type ProxyAddress, ProxyError, type TunnelRequest, type TunnelSocket } from './proxy.ts';
import { isUntrusted, transportErrorOf } from './transport-failure.ts';

/** A way through an HTTP proxy by CONNECT (RFC 9110, section 9.3.6). */

/**
 * The certificate of an https:// proxy must be from an authority that this machine trusts, or from one that the kubeconfig names; it is looked at even where that
 * of the server is not, for the proxy's password goes there.
 */
export async function openHttpTunnel(request: TunnelRequest): Promise<TunnelSocket> {
  try {
    return await connect(request, {});
  } catch (error) {
    const { caPem } = request;
    if (!caPem || !isUntrusted((error as ProxyError).cause)) throw error;
    return connect(request, { ca: caPem });
  }
}

function connect(request: TunnelRequest, trust: { ca?: string }): Promise<TunnelSocket> {
  const { proxy, to } = request;
  const { host, port } = proxy;
  const options = { host, port, method: 'CONNECT', path: to, headers: headersOf(request), agent: false, ...trust };
  const sent = proxy.protocol === 'https:' ? https.request(options) : http.request(options);
  return answerTo(sent, request);
}

function answerTo(sent: ClientRequest, { proxy, to, signal }: TunnelRequest): Promise<TunnelSocket> {
  return new Promise((resolve, reject) => {
    const abort = (): void => void sent.destroy(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    sent.once('close', () => signal.removeEventListener('abort', abort));
    sent.once('error', (error) => reject(unreachable(error, proxy, to)));
    sent.once('connect', (response: IncomingMessage, socket: TunnelSocket, head: Buffer) => {
      signal.removeEventListener('abort', abort);
      if (Math.floor((response.statusCode ?? 0) / 100) !== 2) {
        socket.destroy();
        return reject(refused(response, proxy, to));
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    sent.end();
  });
}

function headersOf({ proxy, to, userAgent }: TunnelRequest): Record<string, string> {
  const { username = '', password = '' } = proxy.auth ?? {};
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  return {
    host: to,
    ...(userAgent ? { 'user-agent': userAgent } : {}),
    ...(proxy.auth ? { 'proxy-authorization': `Basic ${basic}` } : {}),
    ...proxy.headers,
  };
}

/** `error` came before any answer. */
function unreachable(error: unknown, proxy: ProxyAddress, to: string): ProxyError {
  const { code = '' } = error as { code?: string };
  const where = `${proxy.host}:${proxy.port}`;
  const why = code.startsWith('HPE_')
    ? `${where} does not answer as a proxy does`
    : transportErrorOf(error, where).message;
  return new ProxyError(`cannot reach ${to} through the proxy ${proxy.name}: ${why}`, {
    cause: error,
    fix: `Check the address of the proxy, or ${proxy.leavingOut} if no proxy is needed to get there.`,
  });
}

function refused(
  { statusCode: status = 0, statusMessage = '' }: IncomingMessage,
  proxy: ProxyAddress,
  to: string,
): ProxyError {
  const answer = `${status}${statusMessage ? ` ${statusMessage}` : ''}`;
  const message = `the proxy ${proxy.name} answered ${answer} when asked for ${to}`;
  return new ProxyError(message, { status, fix: fixFor(status, proxy, to) });
}

function fixFor(status: number, { auth, leavingOut }: ProxyAddress, to: string): string {
  if (status === 407) {
    return auth
      ? 'The proxy does not accept this user and password.'
      : 'The proxy wants to know who asks: give http://USER:PASSWORD@HOST:PORT.';
  }
  if (status === 502 || status === 503 || status === 504) {
    return `The proxy can not reach ${to} itself: check the address, and that the server runs and lets the proxy in.`;
  }
  return `Have the proxy let CONNECT to ${to} through, or ${leavingOut} if no proxy is needed to get there.`;
}
