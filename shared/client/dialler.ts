import http from 'node:http';
import https from 'node:https';
import tls, { type TLSSocket } from 'node:tls';
import { type ProxyAddress, proxyFor, type TunnelSocket } from './proxy.ts';
import { parseServer } from './server-address.ts';
import type { Timers } from './timers.ts';
import { TransportError } from './transport.ts';
import { transportErrorOf } from './transport-failure.ts';
import type { Credentials, TransportOptions } from './transport-options.ts';
import { openTunnel } from './tunnel.ts';

/** How one server is dialled: straight, or through the proxy that the kubeconfig or the environment names. */
export interface Dialler {
  readonly url: URL;
  /** `host:port`, for messages and the authority of requests. */
  readonly at: string;
  readonly proxy: ProxyAddress | undefined;
  /** Resolves once the handshake is done and the server's certificate is accepted. Rejects with a TransportError. */
  dial(credentials: Credentials): Promise<TLSSocket>;
  /** Of kept HTTP/1.1 connections to a server that offers no h2. */
  newTlsAgent(credentials: Credentials): http.Agent;
  /** The same without TLS. */
  newPlainAgent(): http.Agent;
  /** Ends what is being dialled. */
  close(): void;
}

const CONNECT_DEADLINE_MS = 20_000;
const TCP_KEEP_ALIVE_MS = 15_000;

/** Throws, in words, if the server's or the proxy's address can't be used. */
export function newDialler(options: TransportOptions, timers: Timers): Dialler {
  const url = parseServer(options.server);
  const at = `${url.hostname}:${url.port || (url.protocol === 'http:' ? 80 : 443)}`;
  const proxy = proxyFor(options, url, options.env ?? process.env);
  const { caPem, userAgent } = options;
  const tunnel = proxy && { proxy, to: at, ...(caPem ? { caPem } : {}), ...(userAgent ? { userAgent } : {}) };
  const closing = new AbortController();
  const openWay = async ({ caPem: later }: Credentials): Promise<{ socket?: TunnelSocket }> =>
    tunnel
      ? { socket: await openTunnel({ ...tunnel, ...(later ? { caPem: later } : {}) }, timers, closing.signal) }
      : {};
  const name = proxy ? `${at} through the proxy ${proxy.name}` : at;
  const dialWith = async (credentials: Credentials, protocols: string[]): Promise<TLSSocket> => {
    const way = await openWay(credentials);
    const tlsOptions = { ...tlsOptionsOf(options, url, credentials), ALPNProtocols: protocols, ...way };
    return connectTls(tlsOptions, { at: name, signal: closing.signal }, timers);
  };
  const keep = { keepAlive: true, keepAliveMsecs: TCP_KEEP_ALIVE_MS };
  return {
    url,
    at,
    proxy,
    dial: (credentials) => dialWith(credentials, ['h2', 'http/1.1']),
    newTlsAgent: (credentials) => {
      if (!tunnel) return new https.Agent({ ...tlsOptionsOf(options, url, credentials), ...keep });
      return dialling(new https.Agent(keep), () => dialWith(credentials, ['http/1.1']));
    },
    newPlainAgent: () => {
      if (!tunnel) return new http.Agent(keep);
      return dialling(new http.Agent(keep), () => openTunnel(tunnel, timers, closing.signal));
    },
    close: () => closing.abort(new TransportError(`the client of ${at} is closed`)),
  };
}

/** The agent with connections that are opened by `dial`. */
function dialling<A extends http.Agent>(agent: A, dial: () => Promise<TunnelSocket>): A {
  agent.createConnection = (_options, done) => {
    dial().then(
      (socket) => done?.(null, socket),
      (error: Error) => done?.(error, undefined as never),
    );
    return undefined;
  };
  return agent;
}

function tlsOptionsOf(options: TransportOptions, url: URL, credentials: Credentials): tls.ConnectionOptions {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isAddress = /^[\d.]+$|:/.test(host);
  const caPem = credentials.caPem ?? options.caPem;
  const servername = options.tlsServerName ?? (isAddress ? undefined : host);
  return {
    host,
    port: Number(url.port || 443),
    ...(servername ? { servername } : {}),
    ...(caPem ? { ca: caPem } : {}),
    ...(credentials.certPem ? { cert: credentials.certPem } : {}),
    ...(credentials.keyPem ? { key: credentials.keyPem } : {}),
    rejectUnauthorized: !options.insecureSkipTlsVerify,
    minVersion: 'TLSv1.2',
  };
}

function connectTls(
  options: tls.ConnectionOptions,
  { at, signal }: { at: string; signal: AbortSignal },
  timers: Timers,
): Promise<TLSSocket> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket = connectOrThrow(options, at);
    const settle = (): void => {
      cancelDeadline();
      signal.removeEventListener('abort', close);
    };
    const fail = (error: unknown): void => {
      settle();
      socket.destroy();
      reject(transportErrorOf(error, at));
    };
    const close = (): void => fail(signal.reason);
    const cancelDeadline = timers.setTimeout(() => fail({ code: 'ETIMEDOUT' }), CONNECT_DEADLINE_MS);
    socket.once('error', fail);
    const closed = (): void => fail({ code: 'ECONNRESET' });
    socket.once('close', closed);
    signal.addEventListener('abort', close, { once: true });
    socket.once('secureConnect', () => {
      settle();
      socket.off('error', fail).off('close', closed);
      resolve(socket);
    });
  });
}

const UNUSABLE: Record<string, string> = {
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'the client key is not that of the client certificate',
  ERR_OSSL_PEM_NO_START_LINE: 'the client certificate or its key is not PEM',
};

/** A certificate or key that can't be read is told here and not by the other side. */
function connectOrThrow(options: tls.ConnectionOptions, at: string): TLSSocket {
  try {
    const socket = tls.connect(options);
    // Through a tunnel these are the tunnel's.
    return options.socket ? socket : socket.setNoDelay(true).setKeepAlive(true, TCP_KEEP_ALIVE_MS);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new TransportError(`the certificates for ${at} can't be used: ${UNUSABLE[code] ?? message}`);
  }
}
