import { selfSubjectAccessReviews } from '../shared/apis/authorization/v1.ts';
import { namespaces } from '../shared/apis/core/v1.ts';
import { StatusError } from '../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../shared/client/client.ts';
import { TransportError } from '../shared/client/transport.ts';
import { isUntrustedCertificate } from '../shared/client/transport-failure.ts';
import type { TransportOptions } from '../shared/client/transport-options.ts';
import type { Clock } from '../shared/controller/clock.ts';
import type { Endpoint } from './factory.ts';
import { pollUntil } from './poll.ts';

/** Whether a member is there and lets the hub in: asked before anything about it is written to the hub. */

/** The uid of kube-system, which is the cluster's id. Throws, naming the member, if it can't be reached or does not let us in. */
export async function memberId(member: KubeClient, { server }: Endpoint): Promise<string> {
  try {
    return (await member.get(namespaces, { name: 'kube-system' })).metadata.uid ?? '';
  } catch (error) {
    const what = error instanceof TransportError ? 'cannot reach the cluster' : 'the cluster refuses the kubeconfig';
    throw new Error(`${what} at ${server}: ${(error as Error).message}`, { cause: error });
  }
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

function told(error: unknown, { server }: Pick<Endpoint, 'server'>): Error {
  const { message } = error as Error;
  return new Error(`the hub could not work with the cluster at ${server}: ${message}`, { cause: error });
}
