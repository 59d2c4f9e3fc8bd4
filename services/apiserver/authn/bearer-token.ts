import { type Authenticator, InvalidCredentialError, type TokenAuthenticator } from './authenticator.ts';

/** `Authorization: Bearer …`, tried with each kind of token. Other schemes are not read, as upstream: such a requester is anonymous. */
export function newBearerTokenAuthenticator(kinds: readonly TokenAuthenticator[]): Authenticator {
  const authenticate = newTokenAuthenticator(kinds);
  return async ({ headers }) => {
    const [scheme = '', token = ''] = (headers['authorization'] ?? '').trim().split(' ');
    if (scheme.toLowerCase() !== 'bearer' || token === '') return undefined;
    const user = await authenticate(token);
    if (!user) throw new InvalidCredentialError('invalid bearer token');
    return user;
  };
}

/** The first kind that knows the token. */
export function newTokenAuthenticator(kinds: readonly TokenAuthenticator[]): TokenAuthenticator {
  return async (token) => {
    for (const authenticate of kinds) {
      const user = await authenticate(token);
      if (user) return user;
    }
    return undefined;
  };
}
