import { constants as cryptoConstants } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { newControlApp } from './control-app.ts';
import type { ControlDeps } from './control-deps.ts';

/** The socket of the control-plane API: TLS 1.2 and newer, HTTP/1.1 alone, since express can't read HTTP/2. */

export interface ControlListenOptions extends ControlTls {
  host: string;
  /** 0: any that is free. */
  port: number;
}

export interface ControlTls {
  /** PEM. */
  certificate: string;
  privateKey: string;
  /** Who signs client certificates that are believed; absent: none is asked for. */
  clientCa?: string;
}

export interface ControlServer {
  readonly port: number;
  /** For connections from now on. */
  useCertificates(tls: ControlTls): void;
  /** No new connections; what is being answered is answered, for a while. */
  close(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 20_000;
const MESSAGE_TIMEOUT_MS = 60_000;
const IDLE_TIMEOUT_MS = 90_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const GRACE_MS = 5000;
const MAX_HEADER_BYTES = 32 << 10;
const MAX_CONNECTIONS = 2000;

/** Rejects with an Error that says what is wrong with the address. */
export async function startControlServer(options: ControlListenOptions, deps: ControlDeps): Promise<ControlServer> {
  const server = createServer(
    {
      ...secureContext(options),
      // Everybody is let in: the answer to a bad certificate is 401, not a broken handshake.
      ...(options.clientCa ? { requestCert: true, rejectUnauthorized: false } : {}),
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: MESSAGE_TIMEOUT_MS,
      keepAliveTimeout: IDLE_TIMEOUT_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    newControlApp(deps),
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.on('secureConnection', (socket: TLSSocket) => void socket.setKeepAlive(true, 15_000));
  server.on('tlsClientError', (error: Error) => deps.log.debug({ reason: error.message }, 'a TLS handshake failed'));
  const close = newClosing(server);
  const { port } = await bind(server, options);
  return { port, useCertificates: (tls) => server.setSecureContext(secureContext(tls)), close };
}

/** No session tickets: a resumed session would carry a verdict on its client certificate from before the CA changed. */
function secureContext({ certificate, privateKey, clientCa }: ControlTls) {
  return {
    cert: certificate,
    key: privateKey,
    ...(clientCa ? { ca: clientCa } : {}),
    minVersion: 'TLSv1.2' as const,
    secureOptions: cryptoConstants.SSL_OP_NO_TICKET,
  };
}

function bind(server: Server, { host, port }: ControlListenOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void =>
      reject(new Error(`can't serve the control-plane API on ${host}:${port}: ${error.message}`, { cause: error }));
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.off('error', refuse);
      resolve(server.address() as AddressInfo);
    });
  });
}

/** Connections on which nothing is being answered are cut at once, the others when their answer is out. */
function newClosing(server: Server): () => Promise<void> {
  let answering = 0;
  let isClosing = false;
  const cutIdle = (): void => {
    if (isClosing && answering === 0) server.closeAllConnections();
  };
  server.on('request', (_request, response) => {
    answering += 1;
    response.once('close', () => {
      answering -= 1;
      cutIdle();
    });
  });
  return () =>
    new Promise((resolve) => {
      isClosing = true;
      const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      cutIdle();
    });
}
