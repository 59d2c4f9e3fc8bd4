import type { ServerRequest } from '../request.ts';
import { type Authenticator, InvalidCredentialError, type TokenAuthenticator } from './authenticator.ts';
import { newTokenAuthenticator } from './bearer-token.ts';

/**
 * A bearer token as a subprotocol of a WebSocket, which is all that a browser can send with one. Source: apiserver, authentication/request/websocket.
 */

const PREFIX = 'base64url.bearer.authorization.k8s.io.';

/** The encoded token of a subprotocol that holds one. */
export const bearerProtocolOf = (protocol: string): string | undefined =>
  protocol.startsWith(PREFIX) ? protocol.slice(PREFIX.length) : undefined;

export function isWebSocket({ upgrade = '', connection = '' }: ServerRequest['headers']): boolean {
  return upgrade.toLowerCase() === 'websocket' && connection.toLowerCase().includes('upgrade');
}

export function newWebSocketTokenAuthenticator(kinds: readonly TokenAuthenticator[]): Authenticator {
  const authenticate = newTokenAuthenticator(kinds);
  return async ({ headers }) => {
    const token = headers['upgrade'] && isWebSocket(headers) ? tokenOf(headers['sec-websocket-protocol']) : undefined;
    if (token === undefined) return undefined;
    const user = await authenticate(token);
    if (!user) throw new InvalidCredentialError('invalid bearer token');
    return user;
  };
}

/** Undefined: there is none. Throws for one that can't be read, or that leaves no subprotocol to answer with. */
function tokenOf(header: string | undefined): string | undefined {
  const protocols = (header ?? '').split(',').map((one) => one.trim());
  const [encoded, ...more] = protocols.flatMap((one) => bearerProtocolOf(one) ?? []);
  if (encoded === undefined) return undefined;
  if (more.length > 0) throw new InvalidCredentialError('multiple base64.bearer.authorization tokens specified');
  if (!/^[\w-]*$/.test(encoded)) throw new InvalidCredentialError('invalid base64.bearer.authorization token encoding');
  const token = Buffer.from(encoded, 'base64url').toString();
  if (token !== '' && protocols.length === 1) throw new InvalidCredentialError('missing additional subprotocol');
  return token === '' ? undefined : token;
}
