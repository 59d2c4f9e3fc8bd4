import { BOOTSTRAP_TOKEN_NAMESPACE, BOOTSTRAP_TOKEN_SECRET_TYPE } from '../../shared/apis/bootstrap/token.ts';
import { type Secret, secrets } from '../../shared/apis/core/v1.ts';
import type { Informer } from '../../shared/controller/informer.ts';
import { readBootstrapTokenSecret } from '../../shared/pki/bootstrap-token.ts';
import type { Informers } from './informers.ts';

/** Index: the tokens that a cluster has joined with, by its name. */
export const BY_CLUSTER = 'by-cluster';

/** The one informer of bootstrap token Secrets: other Secrets are never read. */
export function tokenSecretInformer(informers: Informers): Informer<Secret> {
  const fieldSelector = `type=${BOOTSTRAP_TOKEN_SECRET_TYPE}`;
  const indexes = { [BY_CLUSTER]: (secret: Secret) => readBootstrapTokenSecret(secret)?.usedBy ?? [] };
  return informers.of(secrets, { namespace: BOOTSTRAP_TOKEN_NAMESPACE, fieldSelector, indexes });
}
