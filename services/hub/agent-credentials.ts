import { X509Certificate } from 'node:crypto';
import { type AgentKeys, agentKeysKey, isRevoked, readAgentKeys } from '../../shared/apis/cluster/agent-keys.ts';
import { AGENT_ORGANIZATION, AGENT_USER_PREFIX } from '../../shared/apis/cluster/v1alpha1.ts';
import type { ConfigMap } from '../../shared/apis/core/v1.ts';
import { spkiPin } from '../../shared/pki/ca-pin.ts';
import { publicKeyDer } from '../../shared/pki/private-key.ts';
import type { CredentialCheck } from '../apiserver/authn/credential-check.ts';
import type { VerifiedCertificate } from '../apiserver/request.ts';
import type { Storage } from '../storage/backend.ts';

/**
 * Refuses agents' certificates whose keys are revoked on the record of their cluster. The record is read from the store itself, and again after each change, of which
 * the store tells before it answers the writer: a revocation counts from the moment its write is answered, and after every restart.
 */
export interface AgentCredentials extends CredentialCheck {
  close(): void;
}

const FOLDER = '/core/configmaps/';

export function newAgentCredentials(storage: Storage): AgentCredentials {
  const holders = new WeakMap<VerifiedCertificate, Holder | 'no agent'>();
  const records = new Map<string, AgentKeys | undefined>();
  const listeners = new Set<() => void>();
  const recordOf = (cluster: string): AgentKeys | undefined => {
    if (records.has(cluster)) return records.get(cluster);
    const entry = storage.get(storeKey(cluster));
    const record = entry && readAgentKeys(JSON.parse(Buffer.from(entry.value).toString()) as ConfigMap);
    records.set(cluster, record);
    return record;
  };
  const watch = storage.watch(storeKey(''), storage.revision(), ({ key }) => {
    records.delete(key.slice(storeKey('').length));
    for (const listener of [...listeners]) listener();
  });
  return {
    refusal: (certificate) => {
      const holder = holders.get(certificate) ?? holderOf(certificate);
      holders.set(certificate, holder);
      if (holder === 'no agent') return undefined;
      return refusalOf(holder, () => recordOf(holder.cluster));
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => watch.cancel(),
  };
}

function storeKey(cluster: string): string {
  const { namespace, name } = agentKeysKey(cluster);
  return `${FOLDER}${namespace}/${name}`;
}

interface Holder {
  cluster: string;
  pin: string;
  notBefore: number;
}

function holderOf({ commonName, organizations, raw }: VerifiedCertificate): Holder | 'no agent' {
  const isAgent = organizations.includes(AGENT_ORGANIZATION) && commonName.startsWith(AGENT_USER_PREFIX);
  if (!isAgent) return 'no agent';
  const certificate = new X509Certificate(raw);
  const pin = spkiPin(publicKeyDer(certificate.publicKey));
  return { cluster: commonName.slice(AGENT_USER_PREFIX.length), pin, notBefore: Date.parse(certificate.validFrom) };
}

/** A record that can't be read lets nobody in: it may have said so. */
function refusalOf({ cluster, pin, notBefore }: Holder, read: () => AgentKeys | undefined): string | undefined {
  try {
    const record = read();
    return record && isRevoked(record, pin, notBefore) ? `the credential of cluster ${cluster} is revoked` : undefined;
  } catch {
    return `the record of keys of cluster ${cluster} can not be read`;
  }
}
