/**
 * Bootstrap tokens and cluster-info as Kubernetes names them (cluster-bootstrap/token/api), without any I/O.
 * Source: Kubernetes reference "Authenticating with Bootstrap Tokens"; the wire contract, section 1.
 */

export const BOOTSTRAP_TOKEN_SECRET_TYPE = 'bootstrap.kubernetes.io/token';
export const BOOTSTRAP_TOKEN_SECRET_PREFIX = 'bootstrap-token-';
export const BOOTSTRAP_TOKEN_NAMESPACE = 'kube-system';
export const BOOTSTRAP_TOKEN_USER_PREFIX = 'system:bootstrap:';
export const BOOTSTRAP_DEFAULT_GROUP = 'system:bootstrappers';
export const BOOTSTRAP_GROUP_PATTERN = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;
/** The group of Pullet's own tokens; Karmada's tokens have `system:bootstrappers:karmada:default-cluster-token`. */
export const PULLET_TOKEN_GROUP = 'system:bootstrappers:pullet:default-cluster-token';
export const KARMADA_TOKEN_GROUP = 'system:bootstrappers:karmada:default-cluster-token';

/**
 * Annotations of a token's Secret that limit what it is good for; other tools ignore them. `"true"` or a cluster name; who has joined with it is a list of
 * cluster names, the newest last.
 */
export const TOKEN_CLUSTER_NAME_ANNOTATION = 'pullet.io/cluster-name';
export const TOKEN_SINGLE_USE_ANNOTATION = 'pullet.io/single-use';
export const TOKEN_REQUIRE_APPROVAL_ANNOTATION = 'pullet.io/require-approval';
export const TOKEN_REPLACE_ANNOTATION = 'pullet.io/replace';
export const TOKEN_USED_BY_ANNOTATION = 'pullet.io/used-by';
/** Of a token for one use: the key that it was used with, `sha256:<hex>`, and when, in RFC 3339. */
export const TOKEN_USED_KEY_ANNOTATION = 'pullet.io/used-with-key';
export const TOKEN_USED_AT_ANNOTATION = 'pullet.io/used-at';

export const CLUSTER_INFO_NAMESPACE = 'kube-public';
export const CLUSTER_INFO_NAME = 'cluster-info';
export const CLUSTER_INFO_KUBECONFIG_KEY = 'kubeconfig';
export const CLUSTER_INFO_JWS_PREFIX = 'jws-kubeconfig-';

export interface BootstrapToken {
  /** Six characters of `[a-z0-9]`; public. */
  id: string;
  /** Sixteen characters of `[a-z0-9]`; never to be logged. */
  secret: string;
}

const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const TOKEN_ID = /^[a-z0-9]{6}$/;

/** Parses `<id>.<secret>`; undefined if it is not of that form. */
export function parseBootstrapToken(text: string): BootstrapToken | undefined {
  const match = TOKEN.exec(text);
  return match?.[1] !== undefined && match[2] !== undefined ? { id: match[1], secret: match[2] } : undefined;
}

export function isBootstrapTokenId(text: string): boolean {
  return TOKEN_ID.test(text);
}
