import {
  type BootstrapToken,
  CLUSTER_INFO_JWS_PREFIX,
  CLUSTER_INFO_KUBECONFIG_KEY,
  CLUSTER_INFO_NAME,
  CLUSTER_INFO_NAMESPACE,
  parseBootstrapToken,
} from '../../shared/apis/bootstrap/token.ts';
import { type ConfigMap, configMaps } from '../../shared/apis/core/v1.ts';
import { isForbidden, isStatusError, isUnauthorized } from '../../shared/apis/meta/status-error.ts';
import { withDeadline } from '../../shared/client/deadline.ts';
import { ProxyError } from '../../shared/client/proxy.ts';
import type { TransportOptions } from '../../shared/client/transport-options.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { caPins, matchesAnyPin, parseCaPin } from '../../shared/pki/ca-pin.ts';
import { verifyClusterInfo } from '../../shared/pki/cluster-info-signature.ts';
import { type ClusterInfo, parseClusterInfo } from './cluster-info-kubeconfig.ts';
import { hubAt, type RegisterDeps, RegisterError, type RegisterOptions } from './register-options.ts';

/**
 * Learns the hub's CA from cluster-info and proves it: the JWS with the token's secret, the CA with a pin, and the text once more over TLS
 * that this CA vouches for. The steps and the failures' texts are those of the wire contract, section 1.5; each failure says its way out.
 */

const RETRY_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;
const PREFIX = "couldn't validate the identity of the API Server: ";

export type DiscoveryDeps = Pick<RegisterDeps, 'newTransport' | 'newClient' | 'clock' | 'print'>;
export type DiscoveryOptions = Pick<
  RegisterOptions,
  'hubEndpoint' | 'proxyUrl' | 'token' | 'caCertHashes' | 'skipsCaVerification' | 'timeoutMs'
>;

/** The hub's CA bundle, to be trusted from here on. */
export async function discoverCa(deps: DiscoveryDeps, options: DiscoveryOptions, signal: AbortSignal): Promise<string> {
  const token = parseToken(options.token);
  checkPins(options);
  const hub = hubAt(options);
  const untrusted = await fetchSigned(deps, { ...hub, insecureSkipTlsVerify: true }, { token, options }, signal);
  const info = verify(untrusted, token);
  if (options.caCertHashes.length === 0) return info.caPem;
  requirePin(info, options.caCertHashes);
  const trusted = await fetchSigned(deps, { ...hub, caPem: info.caPem }, { token, options }, signal);
  if (trusted.data?.[CLUSTER_INFO_KUBECONFIG_KEY] !== untrusted.data?.[CLUSTER_INFO_KUBECONFIG_KEY]) {
    throw identityError(
      'the second kubeconfig from the cluster-info ConfigMap (using validated TLS) was different from the first',
      'Somebody between here and the hub may be answering in its place, or cluster-info is just being changed: try again, from another network if it stays.',
    );
  }
  return info.caPem;
}

function parseToken(text: string): BootstrapToken {
  if (text === '')
    throw new RegisterError('token is required', {
      fix: 'Make one on the hub: pullet token create --print-register-command',
    });
  const token = parseBootstrapToken(text);
  if (token) return token;
  // A text that is no token may still be most of a secret: it is not repeated.
  const shape = String.raw`"\\A([a-z0-9]{6})\\.([a-z0-9]{16})\\z"`;
  throw identityError(
    `the bootstrap token was not of the form ${shape}`,
    'Copy the token whole: six characters, a dot, sixteen characters.',
  );
}

function checkPins(options: DiscoveryOptions): void {
  for (const pin of options.caCertHashes) parseCaPin(pin);
  if (options.caCertHashes.length > 0 || options.skipsCaVerification) return;
  throw new RegisterError('need to verify CACertHashes, or set --discovery-token-unsafe-skip-ca-verification=true');
}

function verify(clusterInfo: ConfigMap, token: BootstrapToken): ClusterInfo {
  const kubeconfig = clusterInfo.data?.[CLUSTER_INFO_KUBECONFIG_KEY] ?? '';
  const signature = clusterInfo.data?.[`${CLUSTER_INFO_JWS_PREFIX}${token.id}`] ?? '';
  if (!verifyClusterInfo(kubeconfig, signature, token)) {
    throw identityError(
      "failed to verify JWS signature of received cluster info object, can't trust this API Server",
      'Check that the token is the one made on this hub, copied whole. If it is, what answers at this address is not the hub.',
    );
  }
  return parseClusterInfo(kubeconfig);
}

function requirePin(info: ClusterInfo, pins: string[]): void {
  if (matchesAnyPin(info.caPem, pins)) return;
  const found = caPins(info.caPem).map((pin) => JSON.stringify(pin));
  throw identityError(
    `cluster CA found in cluster-info ConfigMap is invalid: none of the public keys ${found.join(', ')} are pinned`,
    'The hub has another CA than the one that the pin was made from. Print a new command on the hub: pullet token create --print-register-command',
  );
}

/** Tries until there is a signature for the token: the hub may be starting, and signing takes it a moment. */
async function fetchSigned(
  deps: DiscoveryDeps,
  to: TransportOptions,
  { token, options }: { token: BootstrapToken; options: DiscoveryOptions },
  signal: AbortSignal,
): Promise<ConfigMap> {
  const deadline = deps.clock.now() + options.timeoutMs;
  for (let tries = 0; ; tries++) {
    signal.throwIfAborted();
    const answer = await fetchOnce(deps, to, signal);
    const isSigned = !(answer instanceof Error) && answer.data?.[`${CLUSTER_INFO_JWS_PREFIX}${token.id}`] !== undefined;
    if (!(answer instanceof Error) && isSigned) return answer;
    if (deps.clock.now() + RETRY_MS > deadline || isHopeless(answer)) throw lastFailure(answer, token, options);
    if (tries === 0) deps.print(`[discovery] ${whyItWaits(answer, token)}; trying for ${options.timeoutMs / 1000} s`);
    await sleep(deps.clock, RETRY_MS, signal);
  }
}

function whyItWaits(answer: ConfigMap | Error, token: BootstrapToken): string {
  if (answer instanceof Error) return `cluster-info can not be had yet: ${answer.message}`;
  return `cluster-info is not signed for token ID ${JSON.stringify(token.id)} yet`;
}

/** A certificate that the pinned CA doesn't vouch for will not get better by waiting. */
function isHopeless(answer: ConfigMap | Error): boolean {
  return answer instanceof Error && !(answer instanceof ProxyError) && isCertificateError(answer);
}

function isCertificateError({ cause }: Error): boolean {
  const { code = '' } = (cause ?? {}) as { code?: string };
  return code.includes('CERT') || code.includes('SIGNATURE') || code === 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
}

async function fetchOnce(deps: DiscoveryDeps, to: TransportOptions, signal: AbortSignal): Promise<ConfigMap | Error> {
  const client = deps.newClient(deps.newTransport(to));
  const limit = { signal, timeoutMs: REQUEST_TIMEOUT_MS, what: () => new Error('no answer within 10 s') };
  try {
    const key = { name: CLUSTER_INFO_NAME, namespace: CLUSTER_INFO_NAMESPACE };
    return await withDeadline(deps.clock, limit, (aborted) => client.get(configMaps, key, { signal: aborted }));
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    await client.close();
  }
}

function lastFailure(answer: ConfigMap | Error, token: BootstrapToken, options: DiscoveryOptions): RegisterError {
  if (!(answer instanceof Error)) {
    return identityError(
      `could not find a JWS signature in the cluster-info ConfigMap for token ID ${JSON.stringify(token.id)}`,
      'The token has expired, was deleted, or is of another hub. Make a new one on the hub: pullet token create --print-register-command',
    );
  }
  return identityError(answer.message, fixFor(answer, options.hubEndpoint), answer);
}

/** What to do about a hub that gives no cluster-info, by what went wrong at the lowest level. */
function fixFor(error: Error, endpoint: string): string {
  if (error instanceof ProxyError) return error.fix;
  const { code } = (error.cause ?? {}) as { code?: string };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `The name in ${endpoint} is not known to DNS here. Check it, or use the hub's IP address.`;
  if (code === 'ECONNREFUSED') return `Nothing listens at ${endpoint}. Check the port, and that the hub runs.`;
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return `A firewall or a route is in the way to ${endpoint}. Where only a proxy gets out: --proxy-url, or HTTPS_PROXY.`;
  if (code?.startsWith('ERR_SSL_'))
    return `Something else than a hub listens at ${endpoint}, or a proxy in the way cuts TLS off.`;
  if (isCertificateError(error)) {
    return `The certificate at ${endpoint} is not the hub's for this address (${code}). Check --advertise-address on the hub, a proxy in the way, and the clock.`;
  }
  if (isForbidden(error) || isUnauthorized(error)) {
    return 'Anonymous clients may not read kube-public/cluster-info there. On the hub, give system:anonymous `get` on it.';
  }
  if (isStatusError(error) && error.code === 404)
    return 'That API has no kube-public/cluster-info: is it a hub? Run `pullet hub`, or check the address.';
  return `Check that ${endpoint} can be reached from here: DNS, firewalls, a proxy in the way.`;
}

function identityError(message: string, fix: string, cause?: Error): RegisterError {
  return new RegisterError(`${PREFIX}${message}`, { fix, ...(cause ? { cause } : {}) });
}
