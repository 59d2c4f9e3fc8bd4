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
  /** When the last certificate for it ends, in milliseconds since the epoch; until that is there, what was asked for. */
  until: number;
  isRevoked: boolean;
  /** When it would end by what was asked for last. */
  asked?: number;
  /** From when to when the last certificate that was given out is good. */
  issued?: { from: number; until: number };
}

export const NO_AGENT_KEYS: AgentKeys = { keys: {} };

const NAME_PREFIX = 'agent-keys-';

/** The cluster whose keys a ConfigMap beside the leases records; undefined if it records none. */
export function clusterOfAgentKeys(name: string): string | undefined {
  return name.startsWith(NAME_PREFIX) ? name.slice(NAME_PREFIX.length) : undefined;
}

export function agentKeysKey(cluster: string): { name: string; namespace: string } {
  return { name: `${NAME_PREFIX}${cluster}`, namespace: CLUSTER_NAMESPACE };
}

/** `notBefore` in milliseconds since the epoch. */
export function isRevoked(record: AgentKeys, pin: string, notBefore: number): boolean {
  const key = record.keys[pin];
  if (key) return key.isRevoked;
  return record.revokedBefore !== undefined && notBefore <= record.revokedBefore;
}

/** Whether `isRevoked` is true of any key at all. */
export function revokesAny({ keys, revokedBefore }: AgentKeys): boolean {
  return revokedBefore !== undefined || Object.values(keys).some((key) => key.isRevoked);
}

/** What the key is worth. `isCurrent`: it has the claim on the cluster's name. */
export function agentKeyState(
  { isRevoked: revoked, until }: AgentKey,
  { isCurrent, now }: { isCurrent: boolean; now: number },
): 'revoked' | 'expired' | 'current' | 'former' {
  if (revoked) return 'revoked';
  if (until <= now) return 'expired';
  return isCurrent ? 'current' : 'former';
}

/** The record with one more key, or a later end of it. A key that was revoked stays so. Keys whose certificates have all ended are forgotten. */
export function withAgentKey(record: AgentKeys, pin: string, until: number, now: number): AgentKeys {
  const known = record.keys[pin];
  const key = {
    ...known,
    until: Math.max(until, known?.until ?? 0),
    isRevoked: known?.isRevoked ?? false,
    asked: until,
  };
  return withoutEnded({ ...record, keys: { ...record.keys, [pin]: key } }, now);
}

/** The record when the signer has given out a certificate for the key, whose limits may be others than was asked for. A key that is not on it is not put there. */
export function withIssuedKey(record: AgentKeys, pin: string, issued: { from: number; until: number }): AgentKeys {
  const known = record.keys[pin];
  if (!known) return record;
  const isFirst = known.issued === undefined;
  const until = isFirst ? issued.until : Math.max(issued.until, known.issued?.until ?? 0);
  return { ...record, keys: { ...record.keys, [pin]: { ...known, until, issued: { from: issued.from, until } } } };
}

/**
 * How many keys of a cluster are good at once: an agent needs two while it renews, and whoever has its credential must not certify new ones until the record is full and
 * nothing can be revoked any more.
 */
const MOST_GOOD_KEYS = 20;
/** How many revoked ones are kept by name. */
const MOST_REVOKED_KEYS = 50;

/** Why no other key than those of the record may be certified; undefined if one may. */
export function tooManyKeys({ keys }: AgentKeys, pin: string, now: number): string | undefined {
  const good = Object.entries(keys).filter(([, { isRevoked: revoked, until }]) => !revoked && until > now);
  if (good.length < MOST_GOOD_KEYS || pin in keys) return undefined;
  const next = Math.min(...good.map(([, { until }]) => until));
  return `${good.length} keys of its agent have certificates that are still good, and no more are certified before the first ends at ${timeText(next)}`;
}

/**
 * The record with every key revoked but `except`. It is small and never needs more room than there is: of very many keys those stay on it that were good until now or
 * whose certificates last longest, and of the others `revokedBefore` says enough.
 */
export function withRevokedKeys(record: AgentKeys, now: number, except?: string): AgentKeys {
  const { [except ?? '']: spared, ...others } = withoutEnded(record, now).keys;
  const revoked = Object.entries(others)
    .sort(([, a], [, b]) => Number(a.isRevoked) - Number(b.isRevoked) || b.until - a.until)
    .slice(0, MOST_REVOKED_KEYS)
    .map(([pin, key]): [string, AgentKey] => [pin, { ...key, isRevoked: true }]);
  const kept = except !== undefined && spared ? { [except]: spared } : {};
  return { keys: { ...kept, ...Object.fromEntries(revoked) }, revokedBefore: now };
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
  const keys = Object.entries(record.keys).map(([pin, key]) => [pin.replace(':', '-'), renderKey(key)]);
  const before = record.revokedBefore === undefined ? [] : [[REVOKED_BEFORE, timeText(record.revokedBefore)]];
  return Object.fromEntries([...keys, ...before]);
}

function renderKey({ until, isRevoked: revoked, asked, issued }: AgentKey): string {
  return JSON.stringify({
    until: timeText(until),
    ...(revoked ? { revoked } : {}),
    ...(asked === undefined ? {} : { asked: timeText(asked) }),
    ...(issued ? { issued: { from: timeText(issued.from), until: timeText(issued.until) } } : {}),
  });
}

const timeText = (epochMs: number): string => new Date(epochMs).toISOString();

/** Throws if somebody has made it unreadable: then nobody can say who is revoked. */
export function readAgentKeys({ data = {} }: Pick<ConfigMap, 'data'>): AgentKeys {
  const { [REVOKED_BEFORE]: before, ...rest } = data;
  const keys = Object.entries(rest).map(([name, text]): [string, AgentKey] => [name.replace('-', ':'), readKey(text)]);
  const revokedBefore = before === undefined ? undefined : Date.parse(before);
  return { keys: Object.fromEntries(keys), ...(revokedBefore === undefined ? {} : { revokedBefore }) };
}

interface KeyText {
  until: string;
  revoked?: boolean;
  asked?: string;
  issued?: { from: string; until: string };
}

function readKey(text: string): AgentKey {
  const { until, revoked = false, asked, issued } = JSON.parse(text) as KeyText;
  return {
    until: Date.parse(until),
    isRevoked: revoked,
    ...(asked === undefined ? {} : { asked: Date.parse(asked) }),
    ...(issued ? { issued: { from: Date.parse(issued.from), until: Date.parse(issued.until) } } : {}),
  };
}

/** No certificate lasts longer. */
const LONGEST_MS = 366 * 24 * 3600_000;

/** From when on nothing in the record matters any more: every certificate that it speaks of has ended. Milliseconds since the epoch. */
export function recordEnd({ keys, revokedBefore }: AgentKeys): number {
  const unlisted = revokedBefore === undefined ? 0 : revokedBefore + LONGEST_MS;
  return Math.max(unlisted, ...Object.values(keys).map(({ until }) => until));
}
