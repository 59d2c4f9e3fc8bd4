import { createHash } from 'node:crypto';
import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { VerifiedCertificate } from '../request.ts';
import { type Authenticator, InvalidCredentialError } from './authenticator.ts';
import { ALL_CREDENTIALS_GOOD, type CredentialCheck } from './credential-check.ts';

/** On every user that came with a credential that can be told apart from others of the same user. */
export const CREDENTIAL_ID_EXTRA = 'authentication.kubernetes.io/credential-id';

/** Client certificates: CN is the user, every O a group. A connection outlives its certificate, so the end is looked at with every request. */
export function newX509Authenticator(now: () => number, check: CredentialCheck = ALL_CREDENTIALS_GOOD): Authenticator {
  const users = new WeakMap<VerifiedCertificate, UserInfo>();
  return async ({ clientCertificate, clientCertificateError }) => {
    if (clientCertificateError !== undefined) throw new InvalidCredentialError(clientCertificateError);
    if (!clientCertificate) return undefined;
    if (clientCertificate.notAfterMs < now()) throw new InvalidCredentialError('the client certificate has expired');
    if (clientCertificate.commonName === '') return undefined;
    const refusal = check.refusal(clientCertificate);
    if (refusal !== undefined) throw new InvalidCredentialError(refusal);
    const known = users.get(clientCertificate);
    if (known) return known;
    const user = userOf(clientCertificate);
    users.set(clientCertificate, user);
    return user;
  };
}

function userOf({ commonName, organizations, raw }: VerifiedCertificate): UserInfo {
  const fingerprint = createHash('sha256').update(raw).digest('hex');
  return { name: commonName, groups: organizations, extra: { [CREDENTIAL_ID_EXTRA]: [`X509SHA256=${fingerprint}`] } };
}
