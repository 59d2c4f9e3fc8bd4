import { exportJWK } from 'jose';
import { algorithmOf, publicKeysById, type ServiceAccountKeys } from '../authn/service-account-token.ts';
import { checkAcceptsOnly } from '../registry/negotiation.ts';
import { newMethodNotAllowed } from '../registry/target.ts';
import type { Handler } from '../request.ts';

/** The public keys of service-account tokens, for whoever checks tokens elsewhere. Source: Kubernetes reference "Service account issuer discovery". */

export const ISSUER_CONFIGURATION_PATH = '/.well-known/openid-configuration';
export const ISSUER_KEYS_PATH = '/openid/v1/jwks';

export function newIssuerConfigurationHandler({ issuer, ...keys }: ServiceAccountKeys): Handler {
  const algorithms = new Set([...publicKeysById({ issuer, ...keys }).values()].map(algorithmOf));
  const document = {
    issuer,
    jwks_uri: `${issuer.replace(/\/$/, '')}${ISSUER_KEYS_PATH}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...algorithms].sort(),
  };
  return newDocumentHandler('application/json', async () => document);
}

export function newIssuerKeysHandler(keys: ServiceAccountKeys): Handler {
  const described = [...publicKeysById(keys)].map(async ([kid, key]) => ({
    use: 'sig',
    kid,
    alg: algorithmOf(key),
    ...(await exportJWK(key)),
  }));
  const document = Promise.all(described).then((jwks) => ({ keys: jwks }));
  return newDocumentHandler('application/jwk-set+json', () => document);
}

function newDocumentHandler(contentType: string, make: () => Promise<object>): Handler {
  return async ({ request: { method, headers: asked } }) => {
    if (method !== 'GET') throw newMethodNotAllowed();
    checkAcceptsOnly(asked['accept'], contentType);
    const headers = { 'content-type': contentType, 'cache-control': 'public, max-age=3600' };
    return { status: 200, headers, body: JSON.stringify(await make()) };
  };
}
