import { type Secret, secrets, serviceAccounts } from '../../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { deleteIfPresent, getIfPresent } from '../../../shared/client/ensure-object.ts';
import { splitKey } from '../../../shared/controller/store.ts';

/**
 * Makes true: a Secret of type kubernetes.io/service-account-token holds a token of the account that its annotation names, `ca.crt` and
 * `namespace`; one whose account is gone is deleted. The token is bound to the Secret: it is worth nothing once the Secret is deleted.
 * Source: Kubernetes reference "Managing Service Accounts", long-lived tokens.
 */
export interface ServiceAccountTokenDeps {
  client: KubeClient;
  getSecret: (key: string) => Secret | undefined;
  /** PEM of whoever signed the API's certificate. */
  caPem: string;
}

export const TOKEN_SECRET_TYPE = 'kubernetes.io/service-account-token';
export const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';
const ACCOUNT_UID_ANNOTATION = 'kubernetes.io/service-account.uid';
/** As long as the CA lives; upstream's tokens of this kind have no end. */
const TEN_YEARS_SECONDS = 3650 * 24 * 3600;

export async function reconcileServiceAccountToken(
  deps: ServiceAccountTokenDeps,
  key: string,
  signal: AbortSignal,
): Promise<undefined> {
  const secret = deps.getSecret(key);
  const { namespace = '', annotations = {}, uid = '', deletionTimestamp } = secret?.metadata ?? {};
  const name = annotations[ACCOUNT_ANNOTATION] ?? '';
  if (!secret || deletionTimestamp || name === '') return;
  const account = await getIfPresent(deps.client, serviceAccounts, { namespace, name }, signal);
  const accountUid = account?.metadata.uid ?? '';
  const formerUid = annotations[ACCOUNT_UID_ANNOTATION];
  if (!account || (formerUid && formerUid !== accountUid)) {
    await deleteIfPresent(deps.client, secrets, { ...splitKey(key), uid }, signal);
    return;
  }
  const missing = await missingData(deps, { secret, account: name }, signal);
  if (formerUid && Object.keys(missing).length === 0) return;
  const patch = {
    metadata: { uid, annotations: { [ACCOUNT_UID_ANNOTATION]: accountUid } },
    data: missing,
  };
  await deps.client.patch(secrets, splitKey(key), { type: 'merge', patch }, { signal });
}

/** base64, as `data` has it; of what is there only another authority is replaced. */
async function missingData(
  { client, caPem }: ServiceAccountTokenDeps,
  { secret, account }: { secret: Secret; account: string },
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const { namespace = '' } = secret.metadata;
  const has = (key: string): boolean => Boolean(secret.data?.[key]);
  return {
    ...(secret.data?.['ca.crt'] === base64(caPem) ? {} : { 'ca.crt': base64(caPem) }),
    ...(has('namespace') ? {} : { namespace: base64(namespace) }),
    ...(has('token') ? {} : { token: base64(await requestToken(client, { secret, account }, signal)) }),
  };
}

async function requestToken(
  client: KubeClient,
  { secret, account }: { secret: Secret; account: string },
  signal: AbortSignal,
): Promise<string> {
  const { name = '', namespace = '', uid = '' } = secret.metadata;
  const boundObjectRef = { apiVersion: 'v1', kind: 'Secret', name, uid };
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { name: account, namespace },
    spec: { expirationSeconds: TEN_YEARS_SECONDS, boundObjectRef },
  };
  const answer: KubeObject & { status?: { token?: string } } = await client.create<KubeObject>(
    serviceAccounts,
    request,
    { subresource: 'token', signal },
  );
  return answer.status?.token ?? '';
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
