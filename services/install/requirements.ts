import { CLUSTER_INFO_NAME, CLUSTER_INFO_NAMESPACE } from '../../shared/apis/bootstrap/token.ts';
import { configMaps, secrets } from '../../shared/apis/core/v1.ts';
import { isForbidden, isNotFound, isUnauthorized } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { newBootstrapToken, newBootstrapTokenSecret } from '../../shared/pki/bootstrap-token.ts';
import { caPins } from '../../shared/pki/ca-pin.ts';
import { isSigned } from './signer-check.ts';

/**
 * What a hub needs of a real API server and can't make by itself. Each check answers with what is missing and what to do, or undefined: nothing is missing, or
 * the asker may not find out. What a check makes it removes again.
 */
export interface RequirementDeps {
  client: KubeClient;
  /** A client of the same server with this token, or with no credentials at all. Closed by the check. */
  newClient(credentials: { token?: string }): KubeClient;
  clock: Clock;
}

/** The API server learns of a new token, and a signer of a request, in its own time. */
const PATIENCE_MS = 10_000;
const POLL_MS = 250;

export interface MissingRequirement {
  what: 'tokens' | 'anonymous' | 'signer' | 'authority';
  /** What is missing and what to do. */
  sentence: string;
}

/** `signingCaPem`: the hub signs by itself. */
export async function missingRequirements(
  deps: RequirementDeps,
  { signingCaPem }: { signingCaPem?: string },
  signal: AbortSignal,
): Promise<MissingRequirement[]> {
  const checks: [MissingRequirement['what'], Promise<string | undefined>][] = [
    ['tokens', checkBootstrapTokens(deps, signal)],
    ['anonymous', checkAnonymous(deps, signal)],
    signingCaPem === undefined
      ? ['signer', checkSigner(deps, signal)]
      : ['authority', checkSigningCa(deps, signingCaPem, signal)],
  ];
  const sentences = await Promise.all(checks.map(([, check]) => check));
  return checks.flatMap(([what], at) => {
    const sentence = sentences[at];
    return sentence === undefined ? [] : [{ what, sentence }];
  });
}

async function checkBootstrapTokens(deps: RequirementDeps, signal: AbortSignal): Promise<string | undefined> {
  const { client, clock } = deps;
  const token = newBootstrapToken();
  const description = 'of a check whether tokens are accepted; removed at once';
  const record = {
    token,
    usages: ['authentication' as const],
    groups: [],
    description,
    expiresAt: clock.now() + 60_000,
  };
  const secret = newBootstrapTokenSecret(record);
  try {
    await client.create(secrets, secret, { signal });
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
  const { name = '', namespace = '' } = secret.metadata;
  const asked = deps.newClient({ token: `${token.id}.${token.secret}` });
  try {
    const isAccepted = await within(deps, signal, async () => !(await isRefused(asked, signal)));
    if (isAccepted) return undefined;
    return 'The API server accepts no bootstrap tokens, so that no cluster can register: start kube-apiserver with --enable-bootstrap-token-auth=true.';
  } finally {
    await asked.close();
    await client.delete(secrets, { name, namespace }).catch(ignoreNotFound);
  }
}

async function isRefused(client: KubeClient, signal: AbortSignal): Promise<boolean> {
  try {
    await client.raw({ method: 'GET', path: '/version', signal });
    return false;
  } catch (error) {
    if (isUnauthorized(error)) return true;
    if (isForbidden(error)) return false;
    throw error;
  }
}

async function checkAnonymous(deps: RequirementDeps, signal: AbortSignal): Promise<string | undefined> {
  const nobody = deps.newClient({});
  const key = { namespace: CLUSTER_INFO_NAMESPACE, name: CLUSTER_INFO_NAME };
  try {
    const mayRead = await within(deps, signal, () =>
      nobody.get(configMaps, key, { signal }).then(
        () => true,
        (error: unknown) => {
          if (isUnauthorized(error) || isForbidden(error) || isNotFound(error)) return false;
          throw error;
        },
      ),
    );
    if (mayRead) return undefined;
    return (
      `Nobody can read ${key.namespace}/${key.name} without credentials, as a newcomer has to: let kube-apiserver take anonymous requests for ` +
      `/api/v1/namespaces/${key.namespace}/configmaps/${key.name} at least (--anonymous-auth=true, or anonymous in its AuthenticationConfiguration).`
    );
  } finally {
    await nobody.close();
  }
}

async function checkSigner({ client, clock }: RequirementDeps, signal: AbortSignal): Promise<string | undefined> {
  if (await isSigned({ client, clock, patienceMs: PATIENCE_MS }, signal)) return undefined;
  return (
    'Nobody signs certificates for kubernetes.io/kube-apiserver-client, so that no cluster can register: let kube-controller-manager run csrsigning with ' +
    '--cluster-signing-cert-file and --cluster-signing-key-file, or give these two flags to `pullet hub`.'
  );
}

/** A certificate of another authority is a certificate of nobody. */
async function checkSigningCa(
  { client }: RequirementDeps,
  caPem: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const key = { namespace: 'kube-system', name: 'extension-apiserver-authentication' };
  const trusted = await client.get(configMaps, key, { signal }).then(
    ({ data }) => data?.['client-ca-file'],
    () => undefined,
  );
  if (trusted === undefined) return undefined;
  const pins = new Set(caPins(trusted));
  if (caPins(caPem).some((pin) => pins.has(pin))) return undefined;
  return 'The API server does not trust the authority of --cluster-signing-cert-file: what it signs would be refused. It has to be in the --client-ca-file of kube-apiserver.';
}

async function within({ clock }: RequirementDeps, signal: AbortSignal, ask: () => Promise<boolean>): Promise<boolean> {
  const end = clock.now() + PATIENCE_MS;
  for (;;) {
    if (await ask()) return true;
    if (clock.now() >= end) return false;
    await sleep(clock, POLL_MS, signal);
    signal.throwIfAborted();
  }
}

function ignoreNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
