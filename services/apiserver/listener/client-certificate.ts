import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { VerifiedCertificate } from '../request.ts';

/** What a connection's client certificate is worth. TLS asks for one, and lets everybody in: the answer to a bad one is 401, not a broken handshake. */
export interface PeerCertificate {
  clientCertificate?: VerifiedCertificate;
  clientCertificateError?: string;
}

type PeerSocket = Pick<TLSSocket, 'authorized' | 'authorizationError' | 'getPeerX509Certificate'>;

/** Read once per connection. */
export function readPeerCertificate(socket: PeerSocket): PeerCertificate {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return {};
  if (socket.authorized) return { clientCertificate: verifiedCertificate(certificate) };
  const why = socket.authorizationError ?? 'unknown';
  return { clientCertificateError: `the client certificate was not verified: ${String(why)}` };
}

/** CN as Go reads it, which is the last of several; every O, in order. */
function verifiedCertificate(certificate: X509Certificate): VerifiedCertificate {
  const names: Record<string, unknown> = { ...certificate.toLegacyObject().subject };
  return {
    commonName: textsOf(names['CN']).at(-1) ?? '',
    organizations: textsOf(names['O']),
    raw: certificate.raw,
    x509: certificate,
    notAfterMs: Date.parse(certificate.validTo),
  };
}

/** One value is a text, several are a list. */
function textsOf(value: unknown): string[] {
  return [value ?? []].flat().filter((one) => typeof one === 'string');
}
