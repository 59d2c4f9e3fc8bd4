import {
  BOOTSTRAP_TOKEN_NAMESPACE,
  BOOTSTRAP_TOKEN_SECRET_PREFIX,
  parseBootstrapToken,
} from '../../../shared/apis/bootstrap/token.ts';
import type { Secret } from '../../../shared/apis/core/v1.ts';
import { authenticateBootstrapToken } from '../../../shared/pki/bootstrap-token.ts';
import type { Storage } from '../../storage/backend.ts';
import type { TokenAuthenticator } from './authenticator.ts';
import { readCoreObject } from './stored-object.ts';

/** Bootstrap tokens, looked up anew with every request: deleting the Secret ends the token at once. */
export function newBootstrapTokenAuthenticator(storage: Storage, now: () => number): TokenAuthenticator {
  return async (text) => {
    const token = parseBootstrapToken(text);
    if (!token) return undefined;
    const name = `${BOOTSTRAP_TOKEN_SECRET_PREFIX}${token.id}`;
    const secret = readCoreObject<Secret>(storage, 'secrets', { namespace: BOOTSTRAP_TOKEN_NAMESPACE, name });
    return secret && authenticateBootstrapToken(secret, token, now());
  };
}
