import { X509Certificate } from 'node:crypto';
import { CLUSTER_INFO_KUBECONFIG_KEY, CLUSTER_INFO_NAME, CLUSTER_INFO_NAMESPACE } from '../apis/bootstrap/token.ts';
import { configMaps } from '../apis/core/v1.ts';
import { isUnauthorized } from '../apis/meta/status-error.ts';
import { withDeadline } from './deadline.ts';
import { newHttpTransport } from './http2-transport.ts';
import { newKubeClient } from './kube-client.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import { parseKubeconfig } from './kubeconfig-file.ts';
import type { Timers } from './timers.ts';
import { type Transport, TransportError } from './transport.ts';
import { isUnknownAuthority } from './transport-failure.ts';
import type { TransportOptions } from './transport-options.ts';

/** What a kubeconfig and the hub's public cluster-info tell of why the hub does not know who asks, or is not known itself: servers say nothing but `Unauthorized`. */

export interface RefusalDeps {
  clock: Timers & { now(): number };
  newTransport?: (options: TransportOptions) => Transport;
  /** Nobody waits for the words any more. */
  signal?: AbortSignal;
}

const ASK_MS = 5000;
const WHERE = 'If it is a copy of admin.kubeconfig: the one in the data directory of the hub is kept up to date.';

/** In words, with what to do; undefined if nothing is known. Never throws, and takes some seconds at most. */
export async function refusalReason(
  { userName, transport }: Pick<ClusterAccess, 'userName' | 'transport'>,
  error: unknown,
  deps: RefusalDeps,
): Promise<string | undefined> {
  const isOfServer = error instanceof TransportError && error.message.includes(new URL(transport.server).host);
  if (isOfServer && isUnknownAuthority(error) && transport.caPem)
    return `The kubeconfig names other certificate authorities than the one that the server has now; a hub's may have been replaced (pullet hub ca). ${WHERE}`;
  if (!isUnauthorized(error) || !transport.certPem) return undefined;
  try {
    const certificate = new X509Certificate(transport.certPem);
    const whose = `The certificate of user "${userName}" in the kubeconfig`;
    const endsAtMs = Date.parse(certificate.validTo);
    if (endsAtMs <= deps.clock.now()) return `${whose} has expired (${new Date(endsAtMs).toISOString()}). ${WHERE}`;
    if ((await publishedAuthorities(transport, deps)).some((issuer) => isIssuer(certificate, issuer))) return undefined;
    return `${whose} is from another certificate authority than those of the hub: they may have been replaced (pullet hub ca). ${WHERE}`;
  } catch {
    return undefined;
  }
}

/** Throws if there are none, or they can't be asked for. */
async function publishedAuthorities(
  { server, caPem, tlsServerName, insecureSkipTlsVerify, proxyUrl }: TransportOptions,
  { clock, newTransport = newHttpTransport, signal: aborted }: RefusalDeps,
): Promise<X509Certificate[]> {
  const given = Object.entries({ caPem, tlsServerName, insecureSkipTlsVerify, proxyUrl });
  const trust = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  const client = newKubeClient({ transport: newTransport({ server, ...trust }), userAgent: 'pullet' });
  try {
    const key = { namespace: CLUSTER_INFO_NAMESPACE, name: CLUSTER_INFO_NAME };
    const limit = { signal: aborted, timeoutMs: ASK_MS, what: () => server };
    const { data = {} } = await withDeadline(clock, limit, (signal) => client.get(configMaps, key, { signal }));
    const [cluster] = parseKubeconfig(data[CLUSTER_INFO_KUBECONFIG_KEY] ?? '', CLUSTER_INFO_NAME).clusters.values();
    const pem = Buffer.from(cluster?.['certificate-authority-data'] ?? '', 'base64').toString('utf8');
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
    if (!blocks) throw new Error('cluster-info names no authority');
    return blocks.map((block) => new X509Certificate(block));
  } finally {
    await client.close();
  }
}

function isIssuer(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
