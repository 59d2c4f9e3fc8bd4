import { X509Certificate } from 'node:crypto';
import {
  type AgentKeys,
  agentKeysKey,
  isRevoked,
  readAgentKeys,
  revokesAny,
} from '../../shared/apis/cluster/agent-keys.ts';
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
  const listeners = newListeners();
  const records = newRecords(storage);
  const holderOf = (certificate: VerifiedCertificate): Holder | 'no agent' => {
    const known = holders.get(certificate);
    if (known) return known;
    const holder = newHolder(certificate);
    holders.set(certificate, holder);
    return holder;
  };
  const watch = storage.watch(storeKey(''), storage.revision(), ({ key }) => {
    const cluster = key.slice(storeKey('').length);
    records.forget(cluster);
    listeners.tell(cluster);
  });
  return {
    refusal: (certificate) => {
      const holder = holderOf(certificate);
      if (holder === 'no agent') return undefined;
      return refusalOf(holder, () => records.read(holder.cluster));
    },
    onChange: (certificate, listener) => {
      const holder = holderOf(certificate);
      return holder === 'no agent' ? () => {} : listeners.add(holder.cluster, listener);
    },
    close: () => watch.cancel(),
  };
}

/** By cluster: the record of one that joins is no matter for the open watches of thousands of others. */
function newListeners() {
  const ofClusters = new Map<string, Set<() => void>>();
  return {
    add: (cluster: string, listener: () => void): (() => void) => {
      const listeners = ofClusters.get(cluster) ?? new Set();
      ofClusters.set(cluster, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && ofClusters.get(cluster) === listeners) ofClusters.delete(cluster);
      };
    },
    tell: (cluster: string): void => {
      for (const listener of [...(ofClusters.get(cluster) ?? [])]) listener();
    },
  };
}

/** Those that revoke something; most revoke nothing. */
function newRecords(storage: Storage) {
  const records = new Map<string, AgentKeys | undefined>();
  const readStored = (cluster: string): AgentKeys | undefined => {
    const entry = storage.get(storeKey(cluster));
    const record = entry && readAgentKeys(JSON.parse(Buffer.from(entry.value).toString()) as ConfigMap);
    return record && revokesAny(record) ? record : undefined;
  };
  return {
    read: (cluster: string): AgentKeys | undefined => {
      if (records.has(cluster)) return records.get(cluster);
      const record = readStored(cluster);
      records.set(cluster, record);
      return record;
    },
    forget: (cluster: string): void => void records.delete(cluster),
  };
}

function storeKey(cluster: string): string {
  const { namespace, name } = agentKeysKey(cluster);
  return `${FOLDER}${namespace}/${name}`;
}

interface Holder {
  cluster: string;
  /** Worked out where something is revoked: that takes a tenth of what a TLS handshake does. */
  key(): { pin: string; notBefore: number };
}

function newHolder(certificate: VerifiedCertificate): Holder | 'no agent' {
  const { commonName, organizations } = certificate;
  const isAgent = organizations.includes(AGENT_ORGANIZATION) && commonName.startsWith(AGENT_USER_PREFIX);
  if (!isAgent) return 'no agent';
  let key: ReturnType<Holder['key']> | undefined;
  return { cluster: commonName.slice(AGENT_USER_PREFIX.length), key: () => (key ??= keyOf(certificate)) };
}

function keyOf({ x509, raw }: VerifiedCertificate): ReturnType<Holder['key']> {
  const certificate = x509 ?? new X509Certificate(raw);
  const pin = spkiPin(publicKeyDer(certificate.publicKey));
  return { pin, notBefore: Date.parse(certificate.validFrom) };
}

/** A record that can't be read lets nobody in: it may have said so. */
function refusalOf({ cluster, key }: Holder, read: () => AgentKeys | undefined): string | undefined {
  try {
    const record = read();
    if (!record) return undefined;
    const { pin, notBefore } = key();
    return isRevoked(record, pin, notBefore) ? `the credential of cluster ${cluster} is revoked` : undefined;
  } catch {
    return `the record of keys of cluster ${cluster} can not be read`;
  }
}
