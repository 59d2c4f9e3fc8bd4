import { AGENT_USER_PREFIX } from '../../shared/apis/cluster/v1alpha1.ts';
import { namespaces } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { accessFromText } from '../../shared/client/kubeconfig.ts';
import type { Transport } from '../../shared/client/transport.ts';
import { isUntrustedCertificate } from '../../shared/client/transport-failure.ts';
import type { TransportOptions } from '../../shared/client/transport-options.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { readCertificate } from '../../shared/pki/certificate-info.ts';
import { newKey, privateKeyPem, readPrivateKey } from '../../shared/pki/private-key.ts';
import { discoverCa } from './discovery.ts';
import { withAuthorities, withCertificate } from './kubeconfig-edit.ts';
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
  /** One line of progress, without its line break. */
  print(line: string): void;
  clock: Clock;
}

export interface RenewOptions {
  /** `<id>.<secret>`; a secret. */
  token: string;
  /** A revoked key is not certified again; any other may be kept, and then the token need not replace. */
  withNewKey: boolean;
  /** Pins of the hub's authority, where that is not the one of the kubeconfig any more; the hub is known by the stored one if there are none. */
  caCertHashes: string[];
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
  const { server, proxyUrl, caPem: storedCa, certPem, keyPem } = (await accessFromText(text, place.name)).transport;
  if (!certPem || !keyPem || !storedCa) {
    throw new RegisterError(`${place.name} holds no agent's credential: there is nothing to renew`, {
      fix: 'Register the cluster: pullet register',
    });
  }
  const clusterName = readCertificate(certPem).subject.commonName.slice(AGENT_USER_PREFIX.length);
  const memberUid = (await member.get(namespaces, { name: 'kube-system' }, { signal })).metadata.uid ?? '';
  const key = options.withNewKey ? await newKey() : readPrivateKey(keyPem);
  const route = { server, ...(proxyUrl ? { proxyUrl } : {}) };
  const caPem = options.caCertHashes.length > 0 ? await rediscover(deps, route, options, signal) : storedCa;
  const to = { ...route, caPem };
  const hub = deps.newClient(deps.newTransport({ ...to, token: options.token }));
  try {
    const { expirationSeconds, timeoutMs } = options;
    const wish = { clusterName, key, memberUid, expirationSeconds, caPem, timeoutMs };
    const fresh = await requestCertificate({ hub, clock, print: deps.print }, wish, signal).catch(withWayToKnowTheHub);
    const certificate = { certPem: fresh, keyPem: privateKeyPem(key) };
    await place.change((now) => withAuthorities(withCertificate(now, certificate), caPem), signal);
    return { clusterName, notAfter: readCertificate(fresh).notAfter };
  } finally {
    await hub.close();
  }
}

function rediscover(
  deps: RenewDeps,
  { server, ...route }: { server: string; proxyUrl?: string },
  { token, caCertHashes, timeoutMs }: RenewOptions,
  signal: AbortSignal,
): Promise<string> {
  const hubEndpoint = server.replace(/^https:\/\//, '');
  const options = { hubEndpoint, ...route, token, caCertHashes, skipsCaVerification: false, timeoutMs };
  return discoverCa(deps, options, signal);
}

/** The agent may have been away while the hub was given another authority. */
function withWayToKnowTheHub(error: unknown): never {
  if (!isUntrustedCertificate(error)) throw error;
  throw new RegisterError(error.message, {
    fix: 'If the hub has another authority now, give its pin: --discovery-token-ca-cert-hash, as `pullet token create --print-register-command` on the hub prints it.',
    cause: error,
  });
}
