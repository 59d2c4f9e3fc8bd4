import type { ConfigMap } from '../core/v1.ts';
import { CLUSTER_NAMESPACE } from './v1alpha1.ts';

/**
 * Which keys the hub has certified for a cluster's agent, and which of them are worth nothing any more. Kept as one ConfigMap a cluster name beside the heartbeat
 * leases, where no agent reads or writes; it outlives the Cluster, since a certificate does too. Pure.
 */

export interface AgentKeys {
  /** By `sha256:<hex>` over the SubjectPublicKeyInfo. */
  keys: Record<string, AgentKey>;
  /** Certificates that began before this and whose key is not listed are refused too. Milliseconds since the epoch. */
  revokedBefore?: number;
}

export interface AgentKey {
  /** When the last certificate for it ends, in milliseconds since the epoch; what was asked for, where the signer may have given less. */
  until: number;
  isRevoked: boolean;
}

export const NO_AGENT_KEYS: AgentKeys = { keys: {} };

export function agentKeysKey(cluster: string): { name: string; namespace: string } {
  return { name: `agent-keys-${cluster}`, namespace: CLUSTER_NAMESPACE };
}

/** `notBefore` in milliseconds since the epoch. */
export function isRevoked(record: AgentKeys, pin: string, notBefore: number): boolean {
  const key = record.keys[pin];
  if (key) return key.isRevoked;
  return record.revokedBefore !== undefined && notBefore <= record.revokedBefore;
}

/** The record with one more key, or a later end of it. A key that was revoked stays so. Keys whose certificates have all ended are forgotten. */
export function withAgentKey(record: AgentKeys, pin: string, until: number, now: number): AgentKeys {
  const known = record.keys[pin];
  const key = { until: Math.max(until, known?.until ?? 0), isRevoked: known?.isRevoked ?? false };
  return withoutEnded({ ...record, keys: { ...record.keys, [pin]: key } }, now);
}

/** The record with every key revoked but `except`. */
export function withRevokedKeys(record: AgentKeys, now: number, except?: string): AgentKeys {
  const entries = Object.entries(record.keys).map(([pin, key]): [string, AgentKey] => [
    pin,
    pin === except ? key : { ...key, isRevoked: true },
  ]);
  return withoutEnded({ keys: Object.fromEntries(entries), revokedBefore: now }, now);
}

function withoutEnded(record: AgentKeys, now: number): AgentKeys {
  return { ...record, keys: Object.fromEntries(Object.entries(record.keys).filter(([, { until }]) => until > now)) };
}

/** When the last certificate that was revoked ends by itself; undefined if there is none. */
export function lastRevokedEnd(record: AgentKeys, now: number): number | undefined {
  const ends = Object.values(record.keys).filter((key) => key.isRevoked && key.until > now);
  return ends.length === 0 ? undefined : Math.max(...ends.map(({ until }) => until));
}

const REVOKED_BEFORE = 'revoked-before';

export function renderAgentKeys(record: AgentKeys): Record<string, string> {
  const keys = Object.entries(record.keys).map(([pin, { until, isRevoked: revoked }]) => [
    pin.replace(':', '-'),
    JSON.stringify({ until: timeText(until), ...(revoked ? { revoked } : {}) }),
  ]);
  const before = record.revokedBefore === undefined ? [] : [[REVOKED_BEFORE, timeText(record.revokedBefore)]];
  return Object.fromEntries([...keys, ...before]);
}

const timeText = (epochMs: number): string => new Date(epochMs).toISOString();

/** Throws if somebody has made it unreadable: then nobody can say who is revoked. */
export function readAgentKeys({ data = {} }: Pick<ConfigMap, 'data'>): AgentKeys {
  const { [REVOKED_BEFORE]: before, ...rest } = data;
  const keys = Object.entries(rest).map(([name, text]): [string, AgentKey] => {
    const { until, revoked = false } = JSON.parse(text) as { until: string; revoked?: boolean };
    return [name.replace('-', ':'), { until: Date.parse(until), isRevoked: revoked }];
  });
  const revokedBefore = before === undefined ? undefined : Date.parse(before);
  return { keys: Object.fromEntries(keys), ...(revokedBefore === undefined ? {} : { revokedBefore }) };
}
