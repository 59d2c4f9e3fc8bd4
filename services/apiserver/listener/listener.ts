import { constants as cryptoConstants } from 'node:crypto';
import {
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Holding, ServerRequest, ServerResponse } from '../request.ts';
import type { ServerLogger } from '../server-logger.ts';
import { readPeerCertificate } from './client-certificate.ts';
import { type Connections, newConnections } from './connections.ts';
import { limitHandshakes } from './handshakes.ts';
import { serveHttp1 } from './http1-requests.ts';
import { fromHttp2, type Incoming } from './incoming.ts';
import { IncomingRequest, type Peer } from './incoming-request.ts';
import { Leaving } from './leaving.ts';
import { newListenError } from './listen-error.ts';
import { serveUnread } from './unread-request.ts';
import { serveUpgrades } from './upgrade.ts';
import { writeResponse } from './write-response.ts';

/** The server's socket: TLS 1.2 and newer, HTTP/2 with HTTP/1.1 beside it, one address. */

export interface ListenOptions {
  host: string;
  /** 0: any that is free. */
  port: number;
  tls: TlsMaterial;
  /** A reader that takes nothing for so long is dropped. */
  stallMs?: number;
  /** How long `close` waits for requests that are being answered. */
  graceMs?: number;
}

export interface TlsMaterial {
  /** PEM: the serving certificate, with its chain if it has one. */
  certificate: string;
  privateKey: string;
  /** PEM bundle: who signs client certificates that are believed. */
  clientCa: string;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** For connections from now on. */
  setTlsMaterial(tls: TlsMaterial): void;
  /** No new connections, watches end, what is being answered is answered; then the rest is cut off. */
  close(): Promise<void>;
}

export type RequestHandler = (request: ServerRequest) => Promise<ServerResponse>;

const HANDSHAKE_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 20_000;
const MESSAGE_TIMEOUT_MS = 60_000;
const IDLE_TIMEOUT_MS = 90_000;
const KEEP_ALIVE_PROBE_MS = 15_000;
const MAX_HEADER_BYTES = 64 << 10;
/** As many as can be in so many bytes, as HTTP/2 counts them; node would take 128. */
const MAX_HEADERS = MAX_HEADER_BYTES / 32;
const MAX_CONCURRENT_STREAMS = 250;
/** A client has everything on one connection: a large list on its way must not refuse its other requests. */
const MAX_SESSION_MEGABYTES = 64;
const STALL_MS = 60_000;
const GRACE_MS = 5000;

export async function listen(options: ListenOptions, handle: RequestHandler, log: ServerLogger): Promise<Listener> {
  const server = newServer(options.tls);
  limitHandshakes(server);
  const connections = newConnections(server, IDLE_TIMEOUT_MS);
  receive(server, newExchange({ handle, log, stallMs: options.stallMs ?? STALL_MS, connections }));
  server.on('tlsClientError', (error: Error) => log.debug({ reason: error.message }, 'a TLS handshake failed'));
  server.on('sessionError', (error: Error) => log.debug({ reason: error.message }, 'an HTTP/2 connection failed'));
  const { port } = await bind(server, options);
  return {
    host: options.host,
    port,
    setTlsMaterial: (tls) => server.setSecureContext(secureContext(tls)),
    close: () => connections.close(options.graceMs ?? GRACE_MS),
  };
}

function newServer(tls: TlsMaterial): Http2SecureServer {
  const server = createSecureServer({
    ...secureContext(tls),
    allowHTTP1: true,
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    maxSessionMemory: MAX_SESSION_MEGABYTES,
    maxHeaderListPairs: MAX_HEADERS,
    unknownProtocolTimeout: HANDSHAKE_TIMEOUT_MS,
    settings: { maxConcurrentStreams: MAX_CONCURRENT_STREAMS, maxHeaderListSize: MAX_HEADER_BYTES, enablePush: false },
  });
  return Object.assign(server, {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: MESSAGE_TIMEOUT_MS,
    keepAliveTimeout: IDLE_TIMEOUT_MS,
    ...HTTP1_HEADS,
  });
}

/**
 * As many as have room: node would take 16 KiB, and leave out what comes after the first thousand, without a word. One without a host is refused in the words of Go, by who
 * serves HTTP/1.1. Node's types don't know that it reads these here too.
 */
const HTTP1_HEADS: object = { maxHeaderSize: MAX_HEADER_BYTES, maxHeadersCount: 0, requireHostHeader: false };

/** HTTP/2 by its streams, HTTP/1.1 by requests. */
function receive(server: Http2SecureServer, serve: Exchange): void {
  // The listener makes node serve HTTP/2 too as if it were HTTP/1.1, which is taken back: it would answer every request a second time.
  serveHttp1(server, serve);
  server.removeAllListeners('stream');
  // The raw headers are passed on, but node's types don't know.
  server.on('stream', (...[stream, headers, , rawHeaders = []]: StreamArguments) => {
    const incoming = fromHttp2(stream, headers, rawHeaders);
    if (incoming) void serve(incoming);
  });
  serveUpgrades(server, serve);
  serveUnread(server, serve);
}

type StreamArguments = [
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  rawHeaders?: readonly string[],
];

/** No session tickets: a resumed session would carry a verdict on its client certificate from before the CA changed. */
function secureContext({ certificate, privateKey, clientCa }: TlsMaterial) {
  return {
    cert: certificate,
    key: privateKey,
    ca: clientCa,
    minVersion: 'TLSv1.2' as const,
    secureOptions: cryptoConstants.SSL_OP_NO_TICKET,
  };
}

function bind(server: Http2SecureServer, { host, port }: ListenOptions): Promise<AddressInfo> {
  server.on('secureConnection', (socket: TLSSocket) => void socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS));
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => reject(newListenError(error, { host, port }));
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.off('error', refuse);
      resolve(server.address() as AddressInfo);
    });
  });
}

interface ExchangeDeps {
  handle: RequestHandler;
  log: ServerLogger;
  stallMs: number;
  connections: Connections;
}

type Exchange = (incoming: Incoming) => Promise<void>;

/** One request and its answer. */
function newExchange({ handle, log, stallMs, connections }: ExchangeDeps): Exchange {
  const peers = new WeakMap<object, Peer>();
  return async (incoming) => {
    const { writer } = incoming;
    const leaving = new Leaving(connections);
    let holding: Holding | undefined;
    writer.on('close', () => {
      leaving.leave();
      connections.answered();
      holding?.release?.();
    });
    try {
      const request = new IncomingRequest(incoming, peerOf(incoming, peers), leaving);
      const answer = await handle(request);
      ({ holding } = answer);
      if (holding) holding.giveUp = () => writer.abort();
      await writeResponse(writer, answer, { isHead: request.method === 'HEAD', stallMs, setTimeout: startTimer });
      if (!writer.destroyed) leaving.answered();
    } catch (error) {
      log.debug({ err: error }, 'an answer could not be written');
      writer.abort();
    } finally {
      leaving.forget();
      if (writer.destroyed) {
        // It may be long until it is closed.
        leaving.leave();
        holding?.release?.();
      }
    }
  };
}

function startTimer(task: () => void, delayMs: number): () => void {
  const timer = setTimeout(task, delayMs);
  return () => clearTimeout(timer);
}

/** Read once per connection. */
function peerOf({ connection, socket }: Incoming, peers: WeakMap<object, Peer>): Peer {
  const known = peers.get(connection);
  if (known) return known;
  const peerSocket = socket();
  const { remoteAddress } = peerSocket;
  const peer = {
    ...readPeerCertificate(peerSocket as TLSSocket),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  };
  peers.set(connection, peer);
  return peer;
}
