import { X509Certificate } from 'node:crypto';
import type { StatusError } from '../shared/apis/meta/status-error.ts';
import type { ClusterAccess } from '../shared/client/kubeconfig.ts';

/** Whom a kubeconfig says we are, and why a cluster may not want to know: it never says so itself. */
export interface KubeconfigUser {
  /** Of the entry in the kubeconfig; empty if the context has none. */
  name: string;
  kind: 'program' | 'token' | 'certificate' | 'password' | 'nothing';
  /** Milliseconds since the epoch, where it can be read. */
  endsAtMs?: number;
}

export function kubeconfigUser({
  userName: name,
  transport,
}: Pick<ClusterAccess, 'userName' | 'transport'>): KubeconfigUser {
  const { credentials, token, tokenFile, certPem, basicAuth } = transport;
  if (credentials) return { name, kind: 'program' };
  if (tokenFile) return { name, kind: 'token' };
  if (token) return { name, kind: 'token', ...endOf(() => endOfToken(token)) };
  if (certPem) return { name, kind: 'certificate', ...endOf(() => Date.parse(new X509Certificate(certPem).validTo)) };
  return { name, kind: basicAuth ? 'password' : 'nothing' };
}

function endOf(read: () => number): { endsAtMs?: number } {
  try {
    const endsAtMs = read();
    return Number.isFinite(endsAtMs) ? { endsAtMs } : {};
  } catch {
    return {};
  }
}

/** Of a JSON web token (RFC 7519, section 4.1.4); others do not tell. */
function endOfToken(token: string): number {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')).exp * 1000;
}

/** The server's words, and what in the kubeconfig they may be about. */
export function refusalText({ code, message }: StatusError, user: KubeconfigUser, nowMs: number): string {
  const isNobody = code === 403 && message.includes('"system:anonymous"');
  return code === 401 || isNobody ? `${message}: ${whyNotKnown(user, nowMs)}` : message;
}

function whyNotKnown({ kind, endsAtMs }: KubeconfigUser, nowMs: number): string {
  switch (kind) {
    case 'nothing':
      return 'it has neither a certificate nor a token nor a program that gives one';
    case 'password':
      return 'Kubernetes knows no passwords any more; give it a token';
    case 'program':
      return 'what its program gives is not accepted there; run the program by hand to see whom it logs in';
    case 'token':
    case 'certificate':
      return endsAtMs !== undefined && endsAtMs <= nowMs
        ? `its ${kind} has expired (${new Date(endsAtMs).toISOString()})`
        : `its ${kind} is not one of this cluster, or not any more`;
  }
}
