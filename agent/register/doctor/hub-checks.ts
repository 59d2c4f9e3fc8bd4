import { selfSubjectAccessReviews } from '../../../shared/apis/authorization/v1.ts';
import {
  type BootstrapToken,
  CLUSTER_INFO_JWS_PREFIX,
  CLUSTER_INFO_KUBECONFIG_KEY,
  CLUSTER_INFO_NAME,
  CLUSTER_INFO_NAMESPACE,
} from '../../../shared/apis/bootstrap/token.ts';
import { type ConfigMap, configMaps } from '../../../shared/apis/core/v1.ts';
import { isUnauthorized } from '../../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { type Transport, TransportError } from '../../../shared/client/transport.ts';
import { isUnknownAuthority } from '../../../shared/client/transport-failure.ts';
import type { TransportOptions } from '../../../shared/client/transport-options.ts';
import { matchesAnyPin } from '../../../shared/pki/ca-pin.ts';
import { verifyClusterInfo } from '../../../shared/pki/cluster-info-signature.ts';
import { parseClusterInfo } from '../cluster-info-kubeconfig.ts';
import { type Check, failed, ok, reasonOf, skipped } from './check.ts';

/** Whether what answers is the hub, and lets the token in. */

export interface HubDeps {
  newTransport(options: TransportOptions): Transport;
  newClient(transport: Transport): KubeClient;
  now(): number;
}

const NEW_TOKEN = 'Make a new one on the hub: pullet token create --print-register-command';
/** Certificates begin 5 minutes before they are issued. */
const SKEW_FAILS_MS = 5 * 60_000;
const SKEW_IS_NOTHING_MS = 30_000;

/** By the Date header of any answer, which has whole seconds. */
export async function checkClock(deps: HubDeps, hub: TransportOptions, signal: AbortSignal): Promise<Check> {
  const name = 'clock';
  const transport = deps.newTransport({ ...hub, insecureSkipTlsVerify: true });
  try {
    const { headers, body } = await transport.request({ method: 'GET', path: '/livez', signal });
    for await (const _ of body);
    const there = Date.parse(headers['date'] ?? '');
    if (Number.isNaN(there)) return skipped(name, 'the hub does not tell its time');
    return judgeSkew(name, deps.now() - there);
  } catch (error) {
    return skipped(name, reasonOf(error));
  } finally {
    await transport.close();
  }
}

function judgeSkew(name: string, aheadMs: number): Check {
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  if (Math.abs(aheadMs) < SKEW_IS_NOTHING_MS) return ok(name, 'agrees with that of the hub');
  const found = `this machine's clock is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} that of the hub`;
  const fix = 'Set both by NTP: certificates and tokens are judged by the clock.';
  return { name, result: Math.abs(aheadMs) >= SKEW_FAILS_MS ? 'failed' : 'warning', found, fix };
}

export async function readClusterInfo(
  deps: HubDeps,
  options: TransportOptions,
  signal: AbortSignal,
): Promise<ConfigMap | Error> {
  const client = deps.newClient(deps.newTransport(options));
  try {
    const key = { namespace: CLUSTER_INFO_NAMESPACE, name: CLUSTER_INFO_NAME };
    return await client.get(configMaps, key, { signal });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    await client.close();
  }
}

/** The CA that cluster-info names, if it can be read. */
export function caOf({ data }: ConfigMap): string | undefined {
  try {
    return parseClusterInfo(data?.[CLUSTER_INFO_KUBECONFIG_KEY] ?? '').caPem || undefined;
  } catch {
    return undefined;
  }
}

export function checkPin(caPem: string, pins: readonly string[]): Check {
  const name = 'pin';
  if (pins.length === 0) return skipped(name, 'none was given (--discovery-token-ca-cert-hash)');
  try {
    if (matchesAnyPin(caPem, [...pins])) return ok(name, 'cluster-info names the CA of the pin');
  } catch (error) {
    return failed(name, reasonOf(error), 'Copy the pin whole: sha256: and 64 hex digits.');
  }
  return failed(
    name,
    'cluster-info names another CA than that of the pin',
    'The pin is of another hub or of an earlier one, or somebody answers in the place of the hub. Take it anew: pullet token create --print-register-command',
  );
}

/** Without TLS that the CA vouches for, nothing else is sent. */
export async function checkTrust(
  deps: HubDeps,
  hub: TransportOptions,
  issuer: string,
  signal: AbortSignal,
): Promise<Check> {
  const name = 'trust';
  const answer = await readClusterInfo(deps, hub, signal);
  if (!(answer instanceof Error)) return ok(name, `the certificate at ${hub.server} is from the CA of the hub`);
  return failed(
    name,
    reasonOf(answer),
    `If a proxy that opens TLS is in the way (the certificate here is issued by ${issuer}), except the hub from it; otherwise see --advertise-address on the hub.`,
  );
}

export function checkSignature({ data = {} }: ConfigMap, token: BootstrapToken): Check {
  const name = 'token signature';
  const signature = data[`${CLUSTER_INFO_JWS_PREFIX}${token.id}`];
  if (signature === undefined) {
    const found = `cluster-info is not signed for token ${token.id}: it has expired, was deleted, or is of another hub`;
    return failed(name, found, NEW_TOKEN);
  }
  if (verifyClusterInfo(data[CLUSTER_INFO_KUBECONFIG_KEY] ?? '', signature, token)) {
    return ok(name, `cluster-info is signed with token ${token.id}`);
  }
  return failed(
    name,
    `the signature for token ${token.id} is wrong`,
    'The second half of the token is mistyped. Copy it whole.',
  );
}

const SEE_ABOVE = 'See the checks above.';

function isUnknown(error: unknown): boolean {
  return error instanceof TransportError && isUnknownAuthority(error);
}

/** Whether the bearer is let in, and may do what it came for. */
export async function checkAccess(
  deps: HubDeps,
  options: TransportOptions,
  what: {
    name: string;
    resource: string;
    group: string;
    verb: string;
    object?: string;
    namespace?: string;
    fix: string;
    /** Where the CA that is trusted is not that of the hub. */
    untrusted?: string;
  },
  signal: AbortSignal,
): Promise<Check> {
  const client = deps.newClient(deps.newTransport(options));
  const { name, verb, resource, group, object, namespace } = what;
  const attributes = {
    verb,
    resource,
    group,
    ...(object ? { name: object } : {}),
    ...(namespace ? { namespace } : {}),
  };
  try {
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      metadata: {},
      spec: { resourceAttributes: attributes },
    };
    const { status } = await client.create(selfSubjectAccessReviews, review, { signal });
    if (status?.allowed) return ok(name, `may ${verb} ${resource} on the hub`);
    return failed(name, `may not ${verb} ${resource} on the hub`, what.fix);
  } catch (error) {
    if (isUnauthorized(error)) return failed(name, 'the hub does not know the credential, or not any more', what.fix);
    if (isUnknown(error)) return failed(name, `nothing was sent: ${reasonOf(error)}`, what.untrusted ?? SEE_ABOVE);
    return failed(name, reasonOf(error), SEE_ABOVE);
  } finally {
    await client.close();
  }
}

export function checkToken(deps: HubDeps, options: TransportOptions, signal: AbortSignal): Promise<Check> {
  const request = { resource: 'certificatesigningrequests', group: 'certificates.k8s.io', verb: 'create' };
  return checkAccess(deps, options, { name: 'token', ...request, fix: NEW_TOKEN }, signal);
}
