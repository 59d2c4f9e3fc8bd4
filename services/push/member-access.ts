import { CLUSTER_NAMESPACE, type Cluster } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Secret } from '../../shared/apis/core/v1.ts';
import type { ObjectKey } from '../../shared/client/client.ts';
import type { ExecPolicy } from '../../shared/client/exec-policy.ts';
import { parseProxyUrl } from '../../shared/client/proxy.ts';
import type { TransportOptions } from '../../shared/client/transport-options.ts';
import { MemberAccessError } from './member-access-error.ts';
import { type MemberCredentials, readCredentials, secretText } from './member-credentials.ts';

/** How the hub reaches a member of push mode: what its Cluster and its Secret say, read. Source: the wire contract, sections 5.2 and 5.4. */

export interface MemberAccess {
  cluster: string;
  /** Of the Cluster: another one of the same name is another member. */
  uid: string;
  /** Where the inventory is kept in the member: the namespace of the credentials, which is of the same name on both sides. */
  namespace: string;
  /** `namespace/name`, for messages. */
  secret: string;
  /** Where the member is; who we are there is in `credentials`, which may change under an open connection. */
  transport: TransportOptions;
  credentials: MemberCredentials;
}

/** The Secret that a Cluster names; undefined if it names none. */
export function secretKeyOf({ spec }: Cluster): (ObjectKey & { namespace: string }) | undefined {
  const { name = '', namespace = '' } = spec.secretRef ?? {};
  return name === '' ? undefined : { name, namespace: namespace || CLUSTER_NAMESPACE };
}

/** Throws MemberAccessError or KubeconfigError if the Cluster or its Secret lacks something. */
export async function memberAccess(
  cluster: Cluster,
  secret: Secret | undefined,
  exec: ExecPolicy,
): Promise<MemberAccess> {
  const { name = '', uid = '' } = cluster.metadata;
  const { apiEndpoint = '', insecureSkipTLSVerification: isInsecure = false } = cluster.spec;
  if (apiEndpoint === '') throw new MemberAccessError(`the api endpoint of cluster ${name} is empty`);
  const key = secretKeyOf(cluster);
  if (!key) throw new MemberAccessError(`cluster ${name} does not have a secret`);
  if (!secret) throw new MemberAccessError(`secrets "${key.name}" not found in namespace ${key.namespace}`);
  const proxy = proxyOf(cluster);
  requireCredentials(name, secret);
  const { transport, credentials } = await readCredentials(name, secret, { isInsecure, exec });
  return {
    cluster: name,
    uid,
    namespace: key.namespace,
    secret: `${key.namespace}/${key.name}`,
    transport: {
      ...transport,
      server: apiEndpoint,
      ...proxy,
      ...(isInsecure ? { insecureSkipTlsVerify: true } : {}),
    },
    credentials,
  };
}

/** Where the Cluster names none, the kubeconfig or the environment of the hub decides. */
function proxyOf({ metadata, spec }: Cluster): Pick<TransportOptions, 'proxyUrl' | 'proxyHeaders'> {
  const { proxyURL = '', proxyHeader = {} } = spec;
  if (proxyURL === '') return {};
  try {
    parseProxyUrl(proxyURL, 'proxyURL');
  } catch (error) {
    throw new MemberAccessError(`cluster ${metadata.name}: ${(error as Error).message}`);
  }
  return { proxyUrl: proxyURL, ...(Object.keys(proxyHeader).length > 0 ? { proxyHeaders: { ...proxyHeader } } : {}) };
}

function requireCredentials(cluster: string, secret: Secret): void {
  if (secretText(secret, 'kubeconfig') !== '' || secretText(secret, 'token').trim() !== '') return;
  throw new MemberAccessError(`the secret for cluster ${cluster} is missing a non-empty value for "token"`);
}
