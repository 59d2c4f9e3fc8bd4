import type { TLSSocket } from 'node:tls';
import { type Dialler, newDialler } from './dialler.ts';
import { type Http1Target, requestOverHttp1 } from './http1-request.ts';
import { NotProcessedError, requestOverHttp2 } from './http2-request.ts';
import { type Http2Connection, newHttp2Connection } from './http2-session.ts';
import { newOutage, type Outage } from './outage.ts';
import { systemTimers, type Timers } from './timers.ts';
import {
  type OutgoingRequest,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';
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

class HttpTransport implements Transport {
  readonly #options: TransportOptions;
  readonly #dialler: Dialler;
  /** Of all paths; without a slash at its end. */
  readonly #base: string;
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
  readonly #outage: Outage;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#dialler = newDialler(options, this.#timers);
    this.#base = this.#dialler.url.pathname.replace(/\/$/, '');
    this.#credentials = newCredentialSource(options, this.#timers);
    this.#outage = newOutage(this.#timers, () => this.#tellConnected());
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    request.signal?.throwIfAborted();
    const credentials = await this.#credentials(this.#wasRefused);
    const response = await this.#sendAgain(request, credentials).catch((error: unknown) => {
      if (!request.signal?.aborted) this.#outage.failed();
      throw error;
    });
    this.#wasRefused = response.status === 401;
    if (response.status >= 500) this.#outage.failed();
    else this.#outage.answered();
    return response;
  }

  /** Once more, by the credentials of then, where the server has not begun with it. */
  async #sendAgain(request: TransportRequest, credentials: Credentials): Promise<TransportResponse> {
    try {
      return await this.#send(this.#complete(request, credentials), credentials);
    } catch (error) {
      if (!(error instanceof NotProcessedError)) throw error;
      const fresh = await this.#credentials(false);
      return this.#send(this.#complete(request, fresh), fresh);
    }
  }

  onConnect(listener: () => void): () => void {
    this.#connectListeners.add(listener);
    return () => this.#connectListeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#dialler.close();
    this.#http1?.agent.destroy();
    for (const { session } of this.#connections) session.destroy();
    this.#connections = [];
  }

  #complete(request: TransportRequest, credentials: Credentials): OutgoingRequest {
    const authorization = authorizationOf(this.#options, credentials);
    return {
      ...request,
      path: `${this.#base}${request.path}`,
      headers: {
        ...(this.#options.userAgent ? { 'user-agent': this.#options.userAgent } : {}),
        ...(authorization ? { authorization } : {}),
        ...impersonationHeaders(this.#options.impersonate),
        ...request.headers,
      },
    };
  }

  async #send(request: OutgoingRequest, credentials: Credentials): Promise<TransportResponse> {
    request.signal?.throwIfAborted(); // credentials may have taken long
    const channel = this.#open(credentials) ?? (await withSignal(this.#connectOnce(credentials), request.signal));
    if (channel.protocol === 'http/1.1') return requestOverHttp1(channel.target, request);
    return requestOverHttp2(channel.connection, request, this.#dialler.at);
  }

  /** What is open, with room. A new client certificate means a new connection. */
  #open(credentials: Credentials): Channel | undefined {
    if (this.#isClosed) throw new TransportError(`the client of ${this.#dialler.at} is closed`);
    if (credentials.certPem !== this.#certPem) this.#retire(credentials.certPem);
    if (credentials.caPem !== this.#caPem) this.#trust(credentials.caPem);
    if (this.#http1) return { protocol: 'http/1.1', target: this.#http1 };
    const connection = this.#connections.find((candidate) => candidate.hasRoom());
    return connection && { protocol: 'h2', connection };
  }

  /** Concurrent requests wait for the same new one. */
  #connectOnce(credentials: Credentials): Promise<Channel> {
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
    const { url } = this.#dialler;
    if (url.protocol === 'http:') return this.#useHttp1(this.#dialler.newPlainAgent());
    const socket = await this.#dialler.dial(credentials);
    if (this.#isClosed) {
      socket.destroy();
      throw new TransportError(`the client of ${this.#dialler.at} is closed`);
    }
    if (credentials.certPem !== this.#certPem || credentials.caPem !== this.#caPem) {
      socket.destroy();
      throw new NotProcessedError(`the certificates for ${this.#dialler.at} were replaced meanwhile`);
    }
    if (socket.alpnProtocol === 'h2') return { protocol: 'h2', connection: this.#keep(socket) };
    socket.destroy();
    return this.#useHttp1(this.#dialler.newTlsAgent(credentials));
  }

  #keep(socket: TLSSocket): Http2Connection {
    const connection = newHttp2Connection(socket, this.#dialler.at, this.#timers);
    this.#connections.push(connection);
    connection.session.once('close', () => {
      this.#connections = this.#connections.filter((other) => other !== connection);
    });
    this.#tellConnected();
    return connection;
  }

  #tellConnected(): void {
    for (const listener of [...this.#connectListeners]) listener();
  }

  #useHttp1(agent: Http1Target['agent']): Channel {
    this.#http1 = { url: this.#dialler.url, at: this.#dialler.at, agent };
    return { protocol: 'http/1.1', target: this.#http1 };
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
