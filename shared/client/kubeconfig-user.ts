import { X509Certificate } from 'node:crypto';
import type { StatusError } from '../apis/meta/status-error.ts';
import type { ClusterAccess } from './kubeconfig.ts';

/** Whom a kubeconfig says we are, and why a cluster may not want to know: it never says so itself. */
export interface KubeconfigUser {
  /** Of the entry in the kubeconfig; empty if the context has none. */
  name: string;
  kind: 'program' | 'token' | 'certificate' | 'password' | 'nothing';
  /** Milliseconds since the epoch, where they can be read. */
  beginsAtMs?: number;
  endsAtMs?: number;
}

export function kubeconfigUser({
  userName: name,
  transport,
}: Pick<ClusterAccess, 'userName' | 'transport'>): KubeconfigUser {
  const { credentials, token, tokenFile, certPem, basicAuth } = transport;
  if (credentials) return { name, kind: 'program' };
  if (tokenFile) return { name, kind: 'token' };
  if (token) return { name, kind: 'token', ...lifeOf(() => lifeOfToken(token)) };
  if (certPem) return { name, kind: 'certificate', ...lifeOf(() => lifeOfCertificate(certPem)) };
  return { name, kind: basicAuth ? 'password' : 'nothing' };
}

interface Life {
  beginsAtMs?: number;
  endsAtMs?: number;
}

/** Nothing of what can't be read. */
function lifeOf(read: () => Life): Life {
  try {
    return Object.fromEntries(Object.entries(read()).filter(([, atMs]) => Number.isFinite(atMs)));
  } catch {
    return {};
  }
}

/** Of a JSON web token (RFC 7519, section 4.1); others do not tell. */
function lifeOfToken(token: string): Life {
  const { nbf, exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  return { beginsAtMs: nbf * 1000, endsAtMs: exp * 1000 };
}

function lifeOfCertificate(pem: string): Life {
  const { validFrom, validTo } = new X509Certificate(pem);
  return { beginsAtMs: Date.parse(validFrom), endsAtMs: Date.parse(validTo) };
}

/** Who is refused, the server's words for a 401 or a 403, and what in the kubeconfig they may be about. */
export function refusalText({ code, message }: StatusError, user: KubeconfigUser, nowMs: number): string {
  const who = user.name ? `user "${user.name}" of the kubeconfig` : 'the kubeconfig, which names no user';
  const isNobody = code === 403 && message.includes('"system:anonymous"');
  return `${who}: ${message}${code === 401 || isNobody ? `: ${whyNotKnown(user, nowMs)}` : ''}`;
}

function whyNotKnown(
  { kind, beginsAtMs = 0, endsAtMs = Number.POSITIVE_INFINITY }: KubeconfigUser,
  nowMs: number,
): string {
  switch (kind) {
    case 'nothing':
      return 'it has neither a certificate nor a token nor a program that gives one';
    case 'password':
      return 'Kubernetes knows no passwords any more; give it a token';
    case 'program':
      return 'what its program gives is not accepted there; run the program by hand to see whom it logs in';
    case 'token':
    case 'certificate':
      if (endsAtMs <= nowMs) return `its ${kind} has expired (${new Date(endsAtMs).toISOString()})`;
      if (beginsAtMs > nowMs) return `its ${kind} is not valid before ${new Date(beginsAtMs).toISOString()}`;
      return `its ${kind} is not one of this cluster, or not any more`;
  }
}
