import type { TLSSocket } from 'node:tls';
import { VERSION } from '../../shared/apis/version.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import type { Transport } from '../../shared/client/transport.ts';
import { type TransportOptions, withoutUser } from '../../shared/client/transport-options.ts';
import { type PeerCertificate, readPeerCertificate } from '../apiserver/listener/client-certificate.ts';
import type { ControlDeps } from '../control/control-deps.ts';
import type { ControlServer, ControlTls } from '../control/control-server.ts';
import { newControlMetrics } from './control-metrics.ts';
import type { EmbeddedApi } from './embedded-api.ts';
import type { HubDeps } from './hub.ts';
import type { HubPki } from './hub-pki.ts';
import type { ControlOptions } from './options.ts';
import { readNamedFile } from './read-named-file.ts';
import { serverUrl } from './serving-hosts.ts';
import type { Teardown } from './teardown.ts';

/** Serves the control-plane API beside the hub, and says as whom its callers act: as themselves. */

export type ControlAccess = Pick<ControlDeps, 'clientFor' | 'acceptedCredentials'>;

/** In process: client certificates and bearer tokens go through the same chain as those of the Kubernetes API's own socket. */
export function newEmbeddedAccess(embedded: Pick<EmbeddedApi, 'clientOf'>): ControlAccess {
  const peers = new WeakMap<TLSSocket, PeerCertificate>();
  const peerOf = (connection: TLSSocket): PeerCertificate => {
    const peer = peers.get(connection) ?? readPeerCertificate(connection);
    peers.set(connection, peer);
    return peer;
  };
  return {
    acceptedCredentials: 'a client certificate of this hub or a bearer token',
    clientFor: ({ connection, ...rest }) => {
      const peer = peerOf(connection);
      const isNobody = rest.bearerToken === undefined && Object.keys(peer).length === 0;
      return isNobody ? undefined : embedded.clientOf({ ...peer, ...rest });
    },
  };
}

export interface ForwardedAccess extends ControlAccess {
  close(): Promise<void>;
}

/**
 * On a real Kubernetes API bearer tokens are forwarded, and nothing else is done for anybody: to act for the holder of a certificate the hub would have to
 * impersonate whom it likes. The connection has no credentials of its own.
 */
export function newForwardedAccess(access: TransportOptions, { clock }: Pick<HubDeps, 'clock'>): ForwardedAccess {
  const userAgent = `pullet-control/${VERSION}`;
  const shared = newHttpTransport({ ...withoutUser(access), userAgent, timers: clock });
  return {
    acceptedCredentials: 'a bearer token of the Kubernetes API',
    clientFor: ({ bearerToken }) =>
      bearerToken === undefined
        ? undefined
        : newKubeClient({ transport: withToken(shared, bearerToken), userAgent, clock }),
    close: () => shared.close(),
  };
}

/** On the connection of all callers, which outlives each. */
function withToken(shared: Transport, token: string): Transport {
  const authorization = `Bearer ${token}`;
  return {
    request: (request) => shared.request({ ...request, headers: { ...request.headers, authorization } }),
    close: async () => undefined,
  };
}

/** What the listener needs where the hub has keys of its own; files that were given win. */
export async function controlTls({ tls }: ControlOptions, pki?: HubPki): Promise<ControlTls> {
  const clientCa = pki ? { clientCa: pki.caPem } : {};
  if (tls) {
    const certificate = await readNamedFile(tls.certFile, '--control-tls-cert-file');
    return { certificate, privateKey: await readNamedFile(tls.keyFile, '--control-tls-key-file'), ...clientCa };
  }
  if (!pki)
    throw new Error('--control-listen with --kubeconfig needs --control-tls-cert-file and --control-tls-key-file');
  return { certificate: pki.serving.certPem, privateKey: pki.serving.keyPem, ...clientCa };
}

export interface ControlParts {
  options: ControlOptions;
  tls: ControlTls;
  deps: Omit<ControlDeps, 'corsOrigins' | 'limits' | 'metrics'>;
  teardown: Teardown;
}

/** Where it is, and how it comes to other certificates. */
export interface ServedControl {
  /** `https://host:port` */
  url: string;
  useCertificates: ControlServer['useCertificates'];
}

/** Resolves when it is open. express and the schemas are loaded here alone: most hubs do without. */
export async function serveControlPlaneApi({ options, tls, deps, teardown }: ControlParts): Promise<ServedControl> {
  const { host, port, corsOrigins, limits } = options;
  const { startControlServer } = await import('../control/control-server.ts');
  const server = await startControlServer(
    { host, port, ...tls },
    { ...deps, corsOrigins, limits, metrics: newControlMetrics() },
  );
  teardown.add('control-plane API', () => server.close());
  const url = serverUrl(host, server.port);
  deps.log.info({ server: url }, 'the control-plane API is ready');
  return { url, useCertificates: server.useCertificates };
}
