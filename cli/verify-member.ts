import { selfSubjectAccessReviews } from '../shared/apis/authorization/v1.ts';
import { namespaces } from '../shared/apis/core/v1.ts';
import { StatusError } from '../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../shared/client/client.ts';
import { refusalText } from '../shared/client/kubeconfig-user.ts';
import { TransportError, UnreadableAnswerError } from '../shared/client/transport.ts';
import { isUnknownAuthority, isUntrustedCertificate } from '../shared/client/transport-failure.ts';
import type { TransportOptions } from '../shared/client/transport-options.ts';
import type { Clock } from '../shared/controller/clock.ts';
import type { Endpoint } from './factory.ts';
import { pollUntil } from './poll.ts';

/** Whether a member is there and lets the hub in: asked before anything about it is written to the hub. */

/** The uid of kube-system, which is the cluster's id. Throws, naming the member, if it can't be reached or does not let us in. */
export async function memberId(
  member: Pick<KubeClient, 'get'>,
  endpoint: Endpoint,
  clock: Pick<Clock, 'now'>,
): Promise<string> {
  const { server } = endpoint;
  try {
    const { metadata } = await member.get(namespaces, { name: 'kube-system' });
    if (metadata?.uid) return metadata.uid;
  } catch (error) {
    throw failureOf(error, endpoint, clock.now());
  }
  throw new Error(noKubernetes(server, 'what it answers is no namespace'));
}

function failureOf(error: unknown, endpoint: Endpoint, nowMs: number): unknown {
  const { server, user = { name: '', kind: 'nothing' } } = endpoint;
  if (error instanceof UnreadableAnswerError) return new Error(noKubernetes(server, 'what it answers is not JSON'));
  if (error instanceof TransportError) return new Error(unreachable(error, endpoint), { cause: error });
  if (!(error instanceof StatusError)) return error;
  if (error.code === 404) return new Error(noKubernetes(server, error.message), { cause: error });
  if (error.code !== 401 && error.code !== 403) {
    return new Error(`the cluster at ${server} can't be used: ${error.message}`, { cause: error });
  }
  return new Error(`the cluster at ${server} refuses ${refusalText(error, user, nowMs)}`, { cause: error });
}

function noKubernetes(server: string, why: string): string {
  return `${server} does not answer as a Kubernetes API server does: ${why}; check the server's address in the kubeconfig`;
}

function unreachable(error: TransportError, { server, caPem }: Endpoint): string {
  const told = `cannot reach the cluster at ${server}: ${error.message}`;
  if (!isUnknownAuthority(error)) return told;
  if (!caPem) return `${told}; the kubeconfig names no certificate-authority`;
  const isPem = caPem.includes('-----BEGIN CERTIFICATE-----');
  return isPem
    ? `${told}; the certificate-authority of the kubeconfig did not sign it: is it another cluster's?`
    : `${told}; the certificate-authority of the kubeconfig is not a PEM certificate`;
}

/** Throws, in words, if the client's user may not do everything in the member, as the hub must. */
export async function requireEverything(client: KubeClient, { server }: Pick<Endpoint, 'server'>): Promise<void> {
  const refusal = await refusalOf(client, WORDS_OF_USER).catch((error: unknown) =>
    Promise.reject(told(error, { server })),
  );
  if (refusal !== '') throw new Error(`the hub could not work with the cluster at ${server}: ${refusal}`);
}

interface RefusalWords {
  weak: string;
  refused: string;
}

const WORDS_OF_ACCOUNT: RefusalWords = {
  weak: 'the service account made for the hub may not do everything there',
  refused: 'the token made for the hub is not accepted',
};
const WORDS_OF_USER: RefusalWords = {
  weak: 'the user of the kubeconfig may not do everything there',
  refused: 'the user of the kubeconfig is not accepted',
};

export interface CredentialsCheck {
  endpoint: Endpoint;
  token: string;
  /** PEM bundle of the token's Secret. */
  caPem: string;
  newClient(transport: TransportOptions): KubeClient;
  clock: Clock;
  signal: AbortSignal;
}

/** A new account's token and rights take an API server a moment to know. */
const PATIENCE_MS = 10_000;

/**
 * Dials the member as the hub will: with the token, and with the authorities that go with it or, where those did not sign the address in
 * the kubeconfig, with the kubeconfig's. Resolves to the authorities that fit, as PEM, empty for the system's own. Throws, in words, if the
 * token is not let in or may not do everything.
 */
export async function verifyCredentials(check: CredentialsCheck): Promise<string> {
  const { endpoint, caPem } = check;
  try {
    await verifyWith(check, caPem);
    return caPem;
  } catch (error) {
    if (!isUntrustedCertificate(error) || endpoint.caPem === caPem) throw told(error, endpoint);
    const other = endpoint.caPem ?? '';
    await verifyWith(check, other).catch((second: unknown) => Promise.reject(told(second, endpoint)));
    return other;
  }
}

async function verifyWith(
  { endpoint, token, newClient, clock, signal }: CredentialsCheck,
  caPem: string,
): Promise<void> {
  const client = newClient({
    server: endpoint.server,
    token,
    ...(endpoint.proxyUrl ? { proxyUrl: endpoint.proxyUrl } : {}),
    ...(endpoint.insecureSkipTlsVerify ? { insecureSkipTlsVerify: true } : caPem ? { caPem } : {}),
  });
  let refusal = '';
  const isLetIn = async (): Promise<true | undefined> => {
    refusal = await refusalOf(client, WORDS_OF_ACCOUNT);
    return refusal === '' ? true : undefined;
  };
  const poll = { clock, signal, everyMs: 500, deadlineMs: PATIENCE_MS, waitingFor: 'the cluster to let the hub in' };
  await pollUntil(poll, isLetIn).catch((error: unknown) => {
    throw refusal === '' ? error : new Error(refusal, { cause: error });
  });
}

/** Empty if the token may do everything. */
async function refusalOf(client: KubeClient, words: RefusalWords): Promise<string> {
  try {
    const { status } = await client.create(selfSubjectAccessReviews, {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      metadata: {},
      spec: { resourceAttributes: { group: '*', resource: '*', verb: '*' } },
    });
    return status?.allowed ? '' : words.weak;
  } catch (error) {
    if (!(error instanceof StatusError) || ![401, 403].includes(error.code)) throw error;
    return `${words.refused}: ${error.message}`;
  }
}

function told(error: unknown, { server, tlsServerName }: Pick<Endpoint, 'server' | 'tlsServerName'>): Error {
  const { message } = error as Error;
  const hint =
    tlsServerName && isUntrustedCertificate(error)
      ? '; a token goes without the tls-server-name of the kubeconfig: give the hub all of it with --credentials kubeconfig'
      : '';
  return new Error(`the hub could not work with the cluster at ${server}: ${message}${hint}`, { cause: error });
}
