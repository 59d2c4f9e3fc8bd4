/** This product's version, the same as in package.json (a test holds them together). */
export const VERSION = '0.1.0';

/** Between Kubernetes' version and ours in what `/version` of an embedded API says. */
export const EMBEDDED_API_MARK = '+pullet.';

/** By the `gitVersion` that an API tells: whether it is our own. */
export function isEmbeddedApi({ gitVersion = '' }: { gitVersion?: string }): boolean {
  return gitVersion.includes(EMBEDDED_API_MARK);
}
