import type { VerifiedCertificate } from '../request.ts';

/** Whether a client certificate that TLS has verified is still worth anything: asked with every request that presents one. */
export interface CredentialCheck {
  /** Why it is not, in words for the log. */
  refusal(certificate: VerifiedCertificate): string | undefined;
  /** Calls back whenever this certificate may have become worth nothing. The result takes it back. */
  onChange(certificate: VerifiedCertificate, listener: () => void): () => void;
}

export const ALL_CREDENTIALS_GOOD: CredentialCheck = { refusal: () => undefined, onChange: () => () => {} };
