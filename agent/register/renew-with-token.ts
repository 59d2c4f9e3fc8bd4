import { AGENT_USER_PREFIX } from '../../shared/apis/cluster/v1alpha1.ts';
import { namespaces } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { accessFromText } from '../../shared/client/kubeconfig.ts';
import type { Transport } from '../../shared/client/transport.ts';
import type { TransportOptions } from '../../shared/client/transport-options.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { readCertificate } from '../../shared/pki/certificate-info.ts';
import { newKey, privateKeyPem, readPrivateKey } from '../../shared/pki/private-key.ts';
import { withCertificate } from './kubeconfig-edit.ts';
import type { KubeconfigPlace } from './kubeconfig-place.ts';
import { RegisterError } from './register-options.ts';
import { requestCertificate } from './request-certificate.ts';

/**
 * A new certificate for an agent that has slept past the end of its own, or whose credential was revoked: asked for with a token instead of the credential, stored
 * where the old one is. A running agent takes it up by itself.
 */
export interface RenewDeps {
  /** Says which cluster this is. */
  member: KubeClient;
  place: KubeconfigPlace;
  newTransport(options: TransportOptions): Transport;
  newClient(transport: Transport): KubeClient;
  clock: Clock;
}

export interface RenewOptions {
  /** `<id>.<secret>`; a secret. */
  token: string;
  /** A revoked key is not certified again; any other may be kept, and then the token need not replace. */
  withNewKey: boolean;
  expirationSeconds: number;
  timeoutMs: number;
}

/** The cluster and the end of its new certificate, in milliseconds since the epoch. */
export async function renewWithToken(
  deps: RenewDeps,
  options: RenewOptions,
  signal: AbortSignal,
): Promise<{ clusterName: string; notAfter: number }> {
  const { place, member, clock } = deps;
  const text = await place.read(signal);
  const { server, proxyUrl, caPem, certPem, keyPem } = (await accessFromText(text, place.name)).transport;
  if (!certPem || !keyPem || !caPem) {
    throw new RegisterError(`${place.name} holds no agent's credential: there is nothing to renew`, {
      fix: 'Register the cluster: pullet register',
    });
  }
  const clusterName = readCertificate(certPem).subject.commonName.slice(AGENT_USER_PREFIX.length);
  const memberUid = (await member.get(namespaces, { name: 'kube-system' }, { signal })).metadata.uid ?? '';
  const key = options.withNewKey ? await newKey() : readPrivateKey(keyPem);
  const to = { server, ...(proxyUrl ? { proxyUrl } : {}), caPem };
  const hub = deps.newClient(deps.newTransport({ ...to, token: options.token }));
  try {
    const { expirationSeconds, timeoutMs } = options;
    const wish = { clusterName, key, memberUid, expirationSeconds, caPem, timeoutMs };
    const fresh = await requestCertificate({ hub, clock }, wish, signal);
    const certificate = { certPem: fresh, keyPem: privateKeyPem(key) };
    await place.change((now) => withCertificate(now, certificate), signal);
    return { clusterName, notAfter: readCertificate(fresh).notAfter };
  } finally {
    await hub.close();
  }
}
