import { CLUSTER_NAMESPACE, type Cluster } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Secret } from '../../shared/apis/core/v1.ts';
import type { ObjectKey } from '../../shared/client/client.ts';
import { parseProxyUrl } from '../../shared/client/proxy.ts';
import type { TransportOptions } from '../../shared/client/transport-options.ts';
import { readCertificate } from '../../shared/pki/certificate-info.ts';

/** How the hub reaches a member of push mode: what its Cluster and its Secret say, read. Source: the wire contract, sections 5.2 and 5.4. */

/** Why a member can't be dialled at all, in words for its Ready condition; never quotes what is in the Secret. */
export class MemberAccessError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MemberAccessError';
  }
}

export interface MemberAccess {
  cluster: string;
  /** Of the Cluster: another one of the same name is another member. */
  uid: string;
  /** Where the inventory is kept in the member: the namespace of the credentials, which is of the same name on both sides. */
  namespace: string;
  /** `namespace/name`, for messages. */
  secret: string;
  transport: TransportOptions;
}

/** The Secret that a Cluster names; undefined if it names none. */
export function secretKeyOf({ spec }: Cluster): (ObjectKey & { namespace: string }) | undefined {
  const { name = '', namespace = '' } = spec.secretRef ?? {};
  return name === '' ? undefined : { name, namespace: namespace || CLUSTER_NAMESPACE };
}

/** Throws MemberAccessError if the Cluster or its Secret lacks something. */
export function memberAccess(cluster: Cluster, secret: Secret | undefined): MemberAccess {
  const { name = '', uid = '' } = cluster.metadata;
  const { apiEndpoint = '', insecureSkipTLSVerification: isInsecure = false } = cluster.spec;
  if (apiEndpoint === '') throw new MemberAccessError(`the api endpoint of cluster ${name} is empty`);
  const key = secretKeyOf(cluster);
  if (!key) throw new MemberAccessError(`cluster ${name} does not have a secret`);
  if (!secret) throw new MemberAccessError(`secrets "${key.name}" not found in namespace ${key.namespace}`);
  const token = textOf(secret, 'token').trim();
  if (token === '') throw new MemberAccessError(missingValue(name, 'token'));
  const caPem = isInsecure ? '' : readCaBundle(name, secret);
  return {
    cluster: name,
    uid,
    namespace: key.namespace,
    secret: `${key.namespace}/${key.name}`,
    transport: {
      server: apiEndpoint,
      token,
      ...proxyOf(cluster),
      ...(caPem ? { caPem } : {}),
      ...(isInsecure ? { insecureSkipTlsVerify: true } : {}),
    },
  };
}

/** Where the Cluster names none, the environment of the hub decides. */
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

/** Empty where there is none: then the system's authorities are trusted. */
function readCaBundle(cluster: string, secret: Secret): string {
  const caPem = textOf(secret, 'caBundle');
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

function missingValue(cluster: string, key: string): string {
  return `the secret for cluster ${cluster} is missing a non-empty value for "${key}"`;
}

function textOf(secret: Secret, key: string): string {
  return Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8');
}
