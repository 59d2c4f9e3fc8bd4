import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { CallerCredentials } from './control-deps.ts';

/** What a request presents, and by what one caller is told from another before anybody has looked whether it is good. */
export interface Caller {
  credentials: CallerCredentials;
  /** Of the rate limit. Holds no secret. */
  key: string;
  address: string;
  /** TLS has verified a certificate: what a stranger can't make up. */
  hasVerifiedCertificate: boolean;
}

export function callerOf({ headers, socket }: IncomingMessage): Caller {
  const connection = socket as TLSSocket;
  const { remoteAddress } = connection;
  const bearerToken = bearerTokenOf(headers.authorization);
  const address = `address:${remoteAddress ?? ''}`;
  const certificate = connection.authorized ? connection.getPeerX509Certificate() : undefined;
  const credentials: CallerCredentials = {
    connection,
    ...(bearerToken === undefined ? {} : { bearerToken }),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  };
  const key = certificate ? `certificate:${certificate.fingerprint256}` : tokenKey(bearerToken);
  return { credentials, key: key ?? address, address, hasVerifiedCertificate: certificate !== undefined };
}

function tokenKey(token: string | undefined): string | undefined {
  return token === undefined ? undefined : `token:${createHash('sha256').update(token).digest('hex')}`;
}

/** Other schemes are not read. */
function bearerTokenOf(header: string | undefined): string | undefined {
  const [scheme = '', token = ''] = (header ?? '').trim().split(' ');
  return scheme.toLowerCase() === 'bearer' && token !== '' ? token : undefined;
}
