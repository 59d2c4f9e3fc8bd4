import { ProxyError } from './proxy.ts';
import { TransportError } from './transport.ts';

/** Says in a sentence why a server could not be reached or a connection broke. */

const UNKNOWN_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
]);

const SENTENCES: Record<string, (at: string) => string> = {
  ECONNREFUSED: (at) => `the connection to ${at} was refused: is the server running, and is this its address?`,
  ENOTFOUND: (at) => `the host name of ${at} is unknown`,
  EAI_AGAIN: (at) => `the host name of ${at} could not be looked up: no answer from the name server`,
  ETIMEDOUT: (at) => `no answer from ${at}`,
  EHOSTUNREACH: (at) => `there is no route to ${at}`,
  ENETUNREACH: (at) => `there is no route to ${at}`,
  ECONNRESET: (at) => `the connection to ${at} was closed by the other side`,
  EPIPE: (at) => `the connection to ${at} was closed by the other side`,
  CERT_HAS_EXPIRED: (at) => `the certificate of ${at} has expired`,
  CERT_NOT_YET_VALID: (at) => `the certificate of ${at} is not valid yet: do the clocks differ?`,
  ERR_SSL_WRONG_VERSION_NUMBER: (at) => `${at} does not speak TLS`,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: (at) => `${at} does not speak TLS`,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: (at) => `${at} requires a client certificate`,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: (at) => `${at} refused our client certificate`,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: (at) => `${at} refused our client certificate: it does not know who signed it`,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: (at) => `${at} refused our client certificate: it has expired`,
};

/** True if the server was reached but its certificate is not to be trusted: signed by somebody else, or for another name. */
export function isUntrustedCertificate(error: unknown): error is TransportError {
  return error instanceof TransportError && !(error instanceof ProxyError) && isUntrusted(error.cause);
}

/** True if that is so because of who signed it. */
export function isUnknownAuthority(error: TransportError): boolean {
  return isUntrustedCertificate(error) && UNKNOWN_AUTHORITY.has(detailsOf(error.cause ?? {}).code);
}

/** The same of the error of a TLS handshake. */
export function isUntrusted(cause: unknown): boolean {
  const { code } = detailsOf(cause ?? {});
  return UNKNOWN_AUTHORITY.has(code) || code === 'ERR_TLS_CERT_ALTNAME_INVALID';
}

/** `at` is host:port. The result is what it was if it is one already. */
export function transportErrorOf(error: unknown, at: string): TransportError {
  if (error instanceof TransportError) return error;
  return new TransportError(sentenceFor(error, at), { cause: error });
}

function sentenceFor(error: unknown, at: string): string {
  const { code, message, reason } = detailsOf(error);
  if (UNKNOWN_AUTHORITY.has(code)) return `the certificate of ${at} is signed by an authority that is not trusted here`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of ${at} is for another name: ${reason || message}`;
  return SENTENCES[code]?.(at) ?? `the connection to ${at} failed: ${message}`;
}

/** With several addresses for one name the error is an AggregateError, whose parts say more. */
function detailsOf(error: unknown): { code: string; message: string; reason: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return detailsOf(error.errors[0]);
  const { code, message, reason } = error as { code?: unknown; message?: unknown; reason?: unknown };
  return {
    code: typeof code === 'string' ? code : '',
    message: typeof message === 'string' ? message : String(error),
    reason: typeof reason === 'string' ? reason : '',
  };
}
