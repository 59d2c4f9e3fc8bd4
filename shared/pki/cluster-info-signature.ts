import { createHmac, timingSafeEqual } from 'node:crypto';
import type { BootstrapToken } from '../apis/bootstrap/token.ts';

/**
 * The signature that proves cluster-info to the holder of a bootstrap token: a detached JWS (RFC 7515, appendix F) with
 * HMAC-SHA256 and the token's secret as its key. Verification is equality with the signature computed anew, as Kubernetes does
 * it; the header is therefore byte for byte `{"alg":"HS256","kid":"<token id>"}`.
 */
export function signClusterInfo(kubeconfig: string, token: BootstrapToken): string {
  const header = base64url(`{"alg":"HS256","kid":${JSON.stringify(token.id)}}`);
  const signature = createHmac('sha256', token.secret)
    .update(`${header}.${base64url(kubeconfig)}`)
    .digest('base64url');
  return `${header}..${signature}`;
}

export function verifyClusterInfo(kubeconfig: string, signature: string, token: BootstrapToken): boolean {
  const expected = Buffer.from(signClusterInfo(kubeconfig, token));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function base64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}
