import type { Secret } from '../../shared/apis/core/v1.ts';
import type { ExecPolicy } from '../../shared/client/exec-policy.ts';
import { type KubeconfigUser, kubeconfigUser } from '../../shared/client/kubeconfig-user.ts';
import { accessFromStored } from '../../shared/client/stored-kubeconfig.ts';
import { systemTimers } from '../../shared/client/timers.ts';
import {
  type CredentialSource,
  newCredentialSource,
  type TransportOptions,
} from '../../shared/client/transport-options.ts';
import { readCertificate } from '../../shared/pki/certificate-info.ts';
import { MemberAccessError } from './member-access-error.ts';

/** Who the hub is in a member: a token and the authorities to trust there (the wire contract, section 3.2), or a whole kubeconfig, which wins. */

export interface MemberCredentials {
  /** What they are made of: the same text makes the same. A secret. */
  madeOf: string;
  /** Of a kubeconfig, for messages; absent where it is a token. */
  user?: KubeconfigUser;
  source: CredentialSource;
}

/** `transport` is what is not a credential. Throws MemberAccessError or KubeconfigError. */
export async function readCredentials(
  cluster: string,
  secret: Secret,
  options: { isInsecure: boolean; exec: ExecPolicy },
): Promise<{ transport: Partial<TransportOptions>; credentials: MemberCredentials }> {
  const kubeconfig = secretText(secret, 'kubeconfig');
  if (kubeconfig === '') return { transport: {}, credentials: tokenCredentials(cluster, secret, options.isInsecure) };
  const { namespace = '', name = '' } = secret.metadata;
  const access = await accessFromStored(kubeconfig, `Secret ${namespace}/${name}`, options.exec);
  const { certPem, keyPem, token, credentials, caPem, ...transport } = access.transport;
  const source = newCredentialSource(access.transport, systemTimers);
  return {
    transport,
    credentials: { madeOf: kubeconfig, user: kubeconfigUser(access), source: trusting(source, caPem) },
  };
}

function tokenCredentials(cluster: string, secret: Secret, isInsecure: boolean): MemberCredentials {
  const token = secretText(secret, 'token').trim();
  const caPem = isInsecure ? '' : readCaBundle(cluster, secret);
  return { madeOf: JSON.stringify([token, caPem]), source: trusting(async () => ({ token }), caPem) };
}

function trusting(source: CredentialSource, caPem: string | undefined): CredentialSource {
  return async (refused) => ({ ...(await source(refused)), ...(caPem ? { caPem } : {}) });
}

/** Empty where there is none: then the system's authorities are trusted. */
function readCaBundle(cluster: string, secret: Secret): string {
  const caPem = secretText(secret, 'caBundle');
  if (caPem === '') return '';
  try {
    readCertificate(caPem);
    return caPem;
  } catch (error) {
    throw new MemberAccessError(`the secret for cluster ${cluster} has a "caBundle" that is not a PEM certificate`, {
      cause: error,
    });
  }
}

export function secretText(secret: Secret, key: string): string {
  return Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8');
}
