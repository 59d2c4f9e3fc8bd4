import { randomInt, timingSafeEqual } from 'node:crypto';
import {
  BOOTSTRAP_DEFAULT_GROUP,
  BOOTSTRAP_GROUP_PATTERN,
  BOOTSTRAP_TOKEN_NAMESPACE,
  BOOTSTRAP_TOKEN_SECRET_PREFIX,
  BOOTSTRAP_TOKEN_SECRET_TYPE,
  BOOTSTRAP_TOKEN_USER_PREFIX,
  type BootstrapToken,
  parseBootstrapToken,
  TOKEN_CLUSTER_NAME_ANNOTATION,
  TOKEN_REPLACE_ANNOTATION,
  TOKEN_REQUIRE_APPROVAL_ANNOTATION,
  TOKEN_SINGLE_USE_ANNOTATION,
  TOKEN_USED_AT_ANNOTATION,
  TOKEN_USED_BY_ANNOTATION,
  TOKEN_USED_KEY_ANNOTATION,
} from '../apis/bootstrap/token.ts';
import type { Secret } from '../apis/core/v1.ts';
import type { UserInfo } from '../apis/user-info.ts';

/** Bootstrap tokens and the Secrets that hold them. Source: "Authenticating with Bootstrap Tokens"; the wire contract, section 1.2. */

export type TokenUsage = 'signing' | 'authentication';

/** A token Secret, read. */
export interface BootstrapTokenRecord {
  token: BootstrapToken;
  /** Milliseconds since the epoch; absent for a token that never expires. */
  expiresAt?: number;
  usages: TokenUsage[];
  /** The extra groups, without `system:bootstrappers`. */
  groups: string[];
  description: string;
  limits?: TokenLimits;
  /** The clusters that have joined with it, the newest last. */
  usedBy?: string[];
  /** Of a token for one use: the key that it was used with, `sha256:<hex>`. */
  usedKey?: string;
  /** … and when; milliseconds since the epoch. */
  usedAt?: number;
}

/** What a token of Pullet's is good for, beyond what Kubernetes knows of tokens. */
export interface TokenLimits {
  /** The only cluster name that may join with it. */
  clusterName?: string;
  /** It ends once one cluster has joined with it. */
  isSingleUse?: boolean;
  /** A person decides on each request made with it. */
  requiresApproval?: boolean;
  /** The cluster that has the name now loses it to the joiner. */
  isReplacing?: boolean;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

export function newBootstrapToken(): BootstrapToken {
  return { id: randomCharacters(6), secret: randomCharacters(16) };
}

/** Uniform over `[a-z0-9]`, from the system's random source. */
export function randomCharacters(count: number): string {
  return Array.from({ length: count }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

export function newBootstrapTokenSecret(record: BootstrapTokenRecord): Secret {
  const data: Record<string, string> = { 'token-id': record.token.id, 'token-secret': record.token.secret };
  if (record.description !== '') data.description = record.description;
  if (record.expiresAt !== undefined) data.expiration = rfc3339(record.expiresAt);
  for (const usage of record.usages) data[`usage-bootstrap-${usage}`] = 'true';
  if (record.groups.length > 0) data['auth-extra-groups'] = record.groups.join(',');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `${BOOTSTRAP_TOKEN_SECRET_PREFIX}${record.token.id}`,
      namespace: BOOTSTRAP_TOKEN_NAMESPACE,
      ...(record.limits ? { annotations: limitAnnotations(record.limits) } : {}),
    },
    type: BOOTSTRAP_TOKEN_SECRET_TYPE,
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  };
}

function limitAnnotations(limits: TokenLimits): Record<string, string> {
  return {
    ...(limits.clusterName === undefined ? {} : { [TOKEN_CLUSTER_NAME_ANNOTATION]: limits.clusterName }),
    ...(limits.isSingleUse ? { [TOKEN_SINGLE_USE_ANNOTATION]: 'true' } : {}),
    ...(limits.requiresApproval ? { [TOKEN_REQUIRE_APPROVAL_ANNOTATION]: 'true' } : {}),
    ...(limits.isReplacing ? { [TOKEN_REPLACE_ANNOTATION]: 'true' } : {}),
  };
}

/** Undefined for a token without any. A limit whose value is odd counts as set: better too narrow than too wide. */
function readLimits(annotations: Record<string, string>): TokenLimits | undefined {
  const isSet = (name: string): boolean => (annotations[name] ?? 'false') !== 'false';
  const clusterName = annotations[TOKEN_CLUSTER_NAME_ANNOTATION];
  const limits: TokenLimits = {
    ...(clusterName === undefined ? {} : { clusterName }),
    ...(isSet(TOKEN_SINGLE_USE_ANNOTATION) ? { isSingleUse: true } : {}),
    ...(isSet(TOKEN_REQUIRE_APPROVAL_ANNOTATION) ? { requiresApproval: true } : {}),
    // This one widens what the token may do: only its exact value counts.
    ...(annotations[TOKEN_REPLACE_ANNOTATION] === 'true' ? { isReplacing: true } : {}),
  };
  return Object.keys(limits).length === 0 ? undefined : limits;
}

function rfc3339(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Undefined if the Secret holds no well-formed token: another type, a name that is not the token's id, an unreadable expiration. */
export function readBootstrapTokenSecret(secret: Secret): BootstrapTokenRecord | undefined {
  if (secret.type !== BOOTSTRAP_TOKEN_SECRET_TYPE) return undefined;
  const value = (key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8');
  const token = parseBootstrapToken(`${value('token-id')}.${value('token-secret')}`);
  if (!token || secret.metadata.name !== `${BOOTSTRAP_TOKEN_SECRET_PREFIX}${token.id}`) return undefined;
  const expiresAt = value('expiration') === '' ? undefined : Date.parse(value('expiration'));
  if (Number.isNaN(expiresAt)) return undefined;
  const usages = (['signing', 'authentication'] as const).filter((use) => value(`usage-bootstrap-${use}`) === 'true');
  const groups = value('auth-extra-groups')
    .split(',')
    .filter((group) => group !== '');
  const { annotations = {} } = secret.metadata;
  const limits = readLimits(annotations);
  const usedBy = (annotations[TOKEN_USED_BY_ANNOTATION] ?? '').split(',').filter((name) => name !== '');
  const usedKey = annotations[TOKEN_USED_KEY_ANNOTATION];
  const usedAt = Date.parse(annotations[TOKEN_USED_AT_ANNOTATION] ?? '');
  const record = {
    token,
    usages,
    groups,
    description: value('description'),
    ...(limits ? { limits } : {}),
    ...(usedBy.length > 0 ? { usedBy } : {}),
    ...(usedKey === undefined ? {} : { usedKey }),
    ...(Number.isNaN(usedAt) ? {} : { usedAt }),
  };
  return expiresAt === undefined ? record : { ...record, expiresAt };
}

export function isExpired(record: BootstrapTokenRecord, now: number): boolean {
  return record.expiresAt !== undefined && record.expiresAt <= now;
}

/**
 * Who the bearer of `presented` is by this Secret, or undefined: expired, not for authentication, being deleted, another secret,
 * or an extra group outside `system:bootstrappers:`. The caller found the Secret by the token's id.
 */
export function authenticateBootstrapToken(
  secret: Secret,
  presented: BootstrapToken,
  now: number,
): UserInfo | undefined {
  const record = readBootstrapTokenSecret(secret);
  if (!record || secret.metadata.deletionTimestamp || record.token.id !== presented.id) return undefined;
  if (isExpired(record, now) || !record.usages.includes('authentication')) return undefined;
  if (!isSameSecret(record.token.secret, presented.secret)) return undefined;
  if (!record.groups.every((group) => BOOTSTRAP_GROUP_PATTERN.test(group))) return undefined;
  return {
    name: `${BOOTSTRAP_TOKEN_USER_PREFIX}${record.token.id}`,
    groups: [BOOTSTRAP_DEFAULT_GROUP, ...record.groups],
  };
}

function isSameSecret(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
