import http from 'node:http';
import https from 'node:https';
import tls, { type TLSSocket } from 'node:tls';
import { type Http1Target, requestOverHttp1 } from './http1-request.ts';
import { NotProcessedError, requestOverHttp2 } from './http2-request.ts';
import { type Http2Connection, newHttp2Connection } from './http2-session.ts';
import { systemTimers, type Timers } from './timers.ts';
import {
  type OutgoingRequest,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';
import { transportErrorOf } from './transport-failure.ts';
import {
  authorizationOf,
  type Credentials,
  impersonationHeaders,
  newCredentialSource,
  type TransportOptions,
} from './transport-options.ts';

/**
 * Reaches an API server over HTTP/2, on one connection as long as that has room for another stream, or over HTTP/1.1 where ALPN says so. It connects
 * when a request needs it and again after any failure; waiting before the next try is the caller's business.
 */
export function newHttpTransport(options: TransportOptions): Transport {
  return new HttpTransport(options);
}

type Channel = { protocol: 'h2'; connection: Http2Connection } | { protocol: 'http/1.1'; target: Http1Target };

const CONNECT_DEADLINE_MS = 20_000;
const TCP_KEEP_ALIVE_MS = 15_000;

class HttpTransport implements Transport {
  readonly #options: TransportOptions;
  readonly #url: URL;
  readonly #at: string;
  readonly #timers: Timers;
  readonly #credentials: (refused: boolean) => Promise<Credentials>;
  #connections: Http2Connection[] = [];
  /** Set once the server turned out not to offer HTTP/2. */
  #http1: Http1Target | undefined;
  #connecting: Promise<Channel> | undefined;
  #certPem: string | undefined;
  #caPem: string | undefined;
  #wasRefused = false;
  #isClosed = false;
  readonly #connectListeners = new Set<() => void>();

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#url = parseServer(options.server);
    this.#at = `${this.#url.hostname}:${this.#url.port || (this.#url.protocol === 'http:' ? 80 : 443)}`;
    this.#timers = options.timers ?? systemTimers;
    this.#credentials = newCredentialSource(options, this.#timers);
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    request.signal?.throwIfAborted();
    const credentials = await this.#credentials(this.#wasRefused);
    const complete = this.#complete(request, credentials);
    const response = await this.#send(complete, credentials).catch((error: unknown) => {
      if (!(error instanceof NotProcessedError)) throw error;
      return this.#send(complete, credentials);
    });
    this.#wasRefused = response.status === 401;
    return response;
  }

  onConnect(listener: () => void): () => void {
    this.#connectListeners.add(listener);
    return () => this.#connectListeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#http1?.agent.destroy();
    for (const { session } of this.#connections) session.destroy();
    this.#connections = [];
  }

  #complete(request: TransportRequest, credentials: Credentials): OutgoingRequest {
    const authorization = authorizationOf(this.#options, credentials);
    return {
      ...request,
      path: `${this.#url.pathname.replace(/\/$/, '')}${request.path}`,
      headers: {
        ...(this.#options.userAgent ? { 'user-agent': this.#options.userAgent } : {}),
        ...(authorization ? { authorization } : {}),
        ...impersonationHeaders(this.#options.impersonate),
        ...request.headers,
      },
    };
  }

  async #send(request: OutgoingRequest, credentials: Credentials): Promise<TransportResponse> {
    const channel = await withSignal(this.#channel(credentials), request.signal);
    if (channel.protocol === 'http/1.1') return requestOverHttp1(channel.target, request);
    return requestOverHttp2(channel.connection, request, this.#at);
  }

  /** A connection with room; concurrent requests wait for the same new one. A new client certificate means a new connection. */
  async #channel(credentials: Credentials): Promise<Channel> {
    if (this.#isClosed) throw new TransportError(`the client of ${this.#at} is closed`);
    if (credentials.certPem !== this.#certPem) this.#retire(credentials.certPem);
    if (credentials.caPem !== this.#caPem) this.#trust(credentials.caPem);
    if (this.#http1) return { protocol: 'http/1.1', target: this.#http1 };
    const connection = this.#connections.find((candidate) => candidate.hasRoom());
    if (connection) return { protocol: 'h2', connection };
    this.#connecting ??= this.#connect(credentials).finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** What is open under the former client certificate is finished, but nothing new is sent on it. */
  #retire(certPem: string | undefined): void {
    this.#certPem = certPem;
    this.#http1 = undefined;
    for (const { session } of this.#connections) session.close();
    this.#connections = [];
  }

  /** A connection whose other end was trusted when it was made stays good; HTTP/1.1 makes its own, by what it was told at first. */
  #trust(caPem: string | undefined): void {
    this.#caPem = caPem;
    this.#http1 = undefined;
  }

  async #connect(credentials: Credentials): Promise<Channel> {
    const tlsOptions = tlsOptionsOf(this.#options, this.#url, credentials);
    if (this.#url.protocol === 'http:') return this.#useHttp1(new http.Agent({ keepAlive: true }));
    const socket = await connectTls(this.#url, tlsOptions, this.#at, this.#timers);
    if (this.#isClosed) {
      socket.destroy();
      throw new TransportError(`the client of ${this.#at} is closed`);
    }
    if (socket.alpnProtocol === 'h2') return { protocol: 'h2', connection: this.#keep(socket) };
    socket.destroy();
    return this.#useHttp1(new https.Agent({ ...tlsOptions, keepAlive: true, keepAliveMsecs: TCP_KEEP_ALIVE_MS }));
  }

  #keep(socket: TLSSocket): Http2Connection {
    const connection = newHttp2Connection(socket, this.#at, this.#timers);
    this.#connections.push(connection);
    connection.session.once('close', () => {
      this.#connections = this.#connections.filter((other) => other !== connection);
    });
    for (const listener of [...this.#connectListeners]) listener();
    return connection;
  }

  #useHttp1(agent: http.Agent): Channel {
    this.#http1 = { url: this.#url, at: this.#at, agent };
    return { protocol: 'http/1.1', target: this.#http1 };
  }
}

function parseServer(server: string): URL {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  throw new Error(`"${server}" is not the address of a server: https://HOST:PORT is`);
}

function tlsOptionsOf(options: TransportOptions, url: URL, credentials: Credentials): tls.ConnectionOptions {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isAddress = /^[\d.]+$|:/.test(host);
  const servername = options.tlsServerName ?? (isAddress ? undefined : host);
  return {
    host,
    port: Number(url.port || 443),
    ...(servername ? { servername } : {}),
    ...((credentials.caPem ?? options.caPem) ? { ca: credentials.caPem ?? options.caPem } : {}),
    ...(credentials.certPem ? { cert: credentials.certPem } : {}),
    ...(credentials.keyPem ? { key: credentials.keyPem } : {}),
    rejectUnauthorized: !options.insecureSkipTlsVerify,
    minVersion: 'TLSv1.2',
  };
}

/** Resolves once the handshake is done and the server's certificate is accepted. */
function connectTls(url: URL, options: tls.ConnectionOptions, at: string, timers: Timers): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      cancelDeadline();
      socket.destroy();
      reject(transportErrorOf(error, at));
    };
    const cancelDeadline = timers.setTimeout(() => fail({ code: 'ETIMEDOUT' }), CONNECT_DEADLINE_MS);
    const socket = connectOrThrow(options, url);
    socket.setNoDelay(true).setKeepAlive(true, TCP_KEEP_ALIVE_MS);
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      cancelDeadline();
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/** A certificate or key that can't be read is told here and not by the other side. */
function connectOrThrow(options: tls.ConnectionOptions, url: URL): TLSSocket {
  try {
    return tls.connect({ ...options, ALPNProtocols: ['h2', 'http/1.1'] });
  } catch (error) {
    throw new TransportError(`the certificates for ${url.host} can't be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Gives up waiting when the signal aborts; what was waited for goes on for the others. */
function withSignal<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
