import { createHash, createPublicKey, type KeyObject, randomUUID } from 'node:crypto';
import { decodeJwt, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import type { UserInfo } from '../../../shared/apis/user-info.ts';
import { InvalidCredentialError, type TokenAuthenticator } from './authenticator.ts';
import { newServiceAccountUser, serviceAccountUserName } from './service-account-user.ts';
import { CREDENTIAL_ID_EXTRA } from './x509.ts';

/**
 * Service-account tokens: JWTs as TokenRequest issues them, bound to the account's uid and perhaps to a pod, secret or node. Source: Kubernetes
 * reference "Service account tokens"; RFC 7519.
 */

export interface ServiceAccountKeys {
  /** `iss` of what is signed and what is believed. */
  issuer: string;
  /** What a token must be for when nobody asks for more: one of these. The first is what tokens get by default. */
  audiences: string[];
  /** P-256 or RSA. */
  signingKey: KeyObject;
  /** Further public keys that are believed, of keys rolled out. */
  otherKeys?: KeyObject[];
}

/** What a token can be bound to besides its account: when that is gone, so is the token. */
export interface BoundObject {
  kind: 'Pod' | 'Secret' | 'Node';
  name: string;
  uid: string;
}

export interface TokenClaims {
  namespace: string;
  name: string;
  uid: string;
  audiences: string[];
  /** Seconds. */
  expiresInSeconds: number;
  boundTo?: BoundObject;
  /** Where the pod runs that it is bound to; without a uid if there is no such node. */
  node?: { name: string; uid?: string };
}

export interface SignedToken {
  token: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** By which its holder is told in the audit log. */
  credentialId: string;
}

export async function signServiceAccountToken(
  keys: ServiceAccountKeys,
  claims: TokenClaims,
  nowMs: number,
): Promise<SignedToken> {
  const nowSeconds = Math.floor(nowMs / 1000);
  const id = randomUUID();
  const { namespace, name, uid, boundTo, node } = claims;
  const bound = boundTo ? { [boundTo.kind.toLowerCase()]: { name: boundTo.name, uid: boundTo.uid } } : {};
  const place = node ? { node } : {};
  const token = await new SignJWT({ 'kubernetes.io': { namespace, serviceaccount: { name, uid }, ...bound, ...place } })
    .setProtectedHeader({ alg: algorithmOf(keys.signingKey), kid: keyId(keys.signingKey) })
    .setIssuer(keys.issuer)
    .setSubject(serviceAccountUserName(namespace, name))
    .setAudience(claims.audiences)
    .setIssuedAt(nowSeconds)
    .setNotBefore(nowSeconds)
    .setExpirationTime(nowSeconds + claims.expiresInSeconds)
    .setJti(id)
    .sign(keys.signingKey);
  return { token, expiresAt: (nowSeconds + claims.expiresInSeconds) * 1000, credentialId: `JTI=${id}` };
}

/** Finds what a token names; cluster-scoped kinds have an empty namespace. */
type ObjectLookup = (
  resource: 'serviceaccounts' | 'pods' | 'secrets' | 'nodes',
  key: { namespace: string; name: string },
) => KubeObject | undefined;

export interface VerifierOptions {
  keys: ServiceAccountKeys;
  lookup: ObjectLookup;
  now: () => number;
}

/** Undefined for what is no token of this issuer; `audiences`, if given, replaces the server's own. */
export function newServiceAccountTokenAuthenticator(
  { keys, lookup, now }: VerifierOptions,
  audiences: string[] = keys.audiences,
): TokenAuthenticator {
  const publicKeys = publicKeysById(keys);
  return async (token) => {
    if (token.split('.').length !== 3) return undefined;
    const payload = await verified(token, { publicKeys, issuer: keys.issuer, now: now() });
    if (!payload) return undefined;
    checkAudiences(audiencesOf(payload), audiences);
    return userOf(payload, { lookup, nowMs: now() });
  };
}

interface Verification {
  publicKeys: Map<string, KeyObject>;
  issuer: string;
  now: number;
}

/** As upstream: a clock that was set back a little makes no token one of the future. */
const LEEWAY_SECONDS = 60;

/** Undefined: no token of this issuer. Throws for one that has ended. */
async function verified(token: string, check: Verification): Promise<JWTPayload | undefined> {
  try {
    const { payload } = await jwtVerify(token, ({ kid }) => keyOf(check.publicKeys, kid), {
      issuer: check.issuer,
      currentDate: new Date(check.now),
      clockTolerance: LEEWAY_SECONDS,
      algorithms: ['ES256', 'RS256'],
      requiredClaims: ['exp', 'sub'],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new InvalidCredentialError('service account token has expired');
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

const audiencesOf = ({ aud }: JWTPayload): string[] => (Array.isArray(aud) ? aud : aud === undefined ? [] : [aud]);

function checkAudiences(own: string[], asked: string[]): void {
  if (own.some((audience) => asked.includes(audience))) return;
  const [shown, wanted] = [own, asked].map((list) => `[${list.map((one) => JSON.stringify(one)).join(' ')}]`);
  throw new InvalidCredentialError(`token audiences ${shown} is invalid for the target audiences ${wanted}`);
}

/** What a token that was believed is for; undefined for one that does not say. */
export function tokenAudiences(token: string): string[] | undefined {
  try {
    return audiencesOf(decodeJwt(token));
  } catch {
    return undefined;
  }
}

function keyOf(publicKeys: Map<string, KeyObject>, kid: string | undefined): KeyObject {
  const key = publicKeys.get(kid ?? '');
  if (!key) throw new errors.JWKSNoMatchingKey();
  return key;
}

interface KubernetesClaims {
  namespace?: string;
  serviceaccount?: { name?: string; uid?: string };
  pod?: { name?: string; uid?: string };
  secret?: { name?: string; uid?: string };
  node?: { name?: string; uid?: string };
}

interface Liveness {
  lookup: ObjectLookup;
  nowMs: number;
}

function userOf(payload: JWTPayload, liveness: Liveness): UserInfo {
  const claims = (payload['kubernetes.io'] ?? {}) as KubernetesClaims;
  const { namespace = '', serviceaccount: { name = '', uid = '' } = {} } = claims;
  if (payload.sub !== serviceAccountUserName(namespace, name)) {
    throw new InvalidCredentialError('the subject of the token is not its service account');
  }
  requireAccount({ namespace, name, uid }, liveness);
  requireBoundAlive(claims, namespace, liveness);
  const user = newServiceAccountUser({ namespace, name, uid });
  return payload.jti
    ? { ...user, extra: { ...boundExtra(claims), [CREDENTIAL_ID_EXTRA]: [`JTI=${payload.jti}`] } }
    : user;
}

interface Account {
  namespace: string;
  name: string;
  uid: string;
}

function requireAccount({ namespace, name, uid }: Account, { lookup, nowMs }: Liveness): void {
  const account = lookup('serviceaccounts', { namespace, name });
  if (!account) throw new InvalidCredentialError(`serviceaccounts ${JSON.stringify(name)} not found`);
  if (account.metadata.uid !== uid)
    throw new InvalidCredentialError(`service account UID (${account.metadata.uid}) does not match claim (${uid})`);
  if (isLongDeleted(account, nowMs))
    throw new InvalidCredentialError(`service account ${namespace}/${name} has been deleted`);
}

function requireBoundAlive(claims: KubernetesClaims, namespace: string, liveness: Liveness): void {
  const { pod, secret, node } = claims;
  if (secret) requireAlive({ kind: 'secret', namespace, reference: secret }, liveness);
  if (pod) requireAlive({ kind: 'pod', namespace, reference: pod }, liveness);
  if (node && !pod) requireAlive({ kind: 'node', namespace: '', reference: node }, liveness);
}

interface Bound {
  kind: 'secret' | 'pod' | 'node';
  namespace: string;
  reference: { name?: string; uid?: string };
}

/** Throws when what a token is bound to is gone, or another with its name is there. */
function requireAlive({ kind, namespace, reference }: Bound, { lookup, nowMs }: Liveness): void {
  const { name = '', uid } = reference;
  const object = lookup(`${kind}s`, { namespace, name });
  if (object && object.metadata.uid !== uid) throw new InvalidCredentialError(otherUid(kind, object, uid));
  if (!object || isLongDeleted(object, nowMs))
    throw new InvalidCredentialError('service account token has been invalidated');
}

function otherUid(kind: Bound['kind'], { metadata }: KubeObject, uid: string | undefined): string {
  return `${kind} UID (${metadata.uid}) does not match service account ${kind} ref claim (${uid})`;
}

/** What goes may still use its token for as long as clocks may differ, as upstream: a pod that ends cleans up after itself. */
function isLongDeleted({ metadata: { deletionTimestamp } }: KubeObject, nowMs: number): boolean {
  return deletionTimestamp !== undefined && Date.parse(deletionTimestamp) < nowMs - 1000 * LEEWAY_SECONDS;
}

function boundExtra({ pod, node }: KubernetesClaims): Record<string, string[]> {
  return { ...(pod?.name && pod.uid ? extraOf('pod', pod) : {}), ...(node?.name ? extraOf('node', node) : {}) };
}

function extraOf(what: 'pod' | 'node', { name = '', uid = '' }: { name?: string; uid?: string }) {
  const prefix = `authentication.kubernetes.io/${what}`;
  return { [`${prefix}-name`]: [name], ...(uid === '' ? {} : { [`${prefix}-uid`]: [uid] }) };
}

/** Every key that is believed, by its `kid`. */
export function publicKeysById({ signingKey, otherKeys = [] }: ServiceAccountKeys): Map<string, KeyObject> {
  return new Map([signingKey, ...otherKeys].map((key) => [keyId(key), publicOf(key)]));
}

const publicOf = (key: KeyObject): KeyObject => (key.type === 'private' ? createPublicKey(key) : key);

/** As upstream derives it: base64url of SHA-256 over the SubjectPublicKeyInfo. */
function keyId(key: KeyObject): string {
  return createHash('sha256')
    .update(publicOf(key).export({ type: 'spki', format: 'der' }))
    .digest('base64url');
}

export function algorithmOf(key: KeyObject): 'ES256' | 'RS256' {
  return key.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
}
