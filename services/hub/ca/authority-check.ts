import { isIssuedBy } from '../../../shared/pki/certificate-info.ts';
import { encodePem, pemBlocks } from '../../../shared/pki/pem.ts';
import type { CredentialCheck } from '../../apiserver/authn/credential-check.ts';
import type { VerifiedCertificate } from '../../apiserver/request.ts';

/** Refuses certificates of an authority that the hub has given up: TLS has verified them when the connection was made, which may be long ago. */
export interface AuthorityCheck extends CredentialCheck {
  /** The bundle has changed. */
  changed(): void;
}

export function newAuthorityCheck(bundle: () => string): AuthorityCheck {
  const verdicts = new WeakMap<VerifiedCertificate, { bundle: string; isGood: boolean }>();
  const listeners = new Set<() => void>();
  const isGood = (certificate: VerifiedCertificate): boolean => {
    const now = bundle();
    const known = verdicts.get(certificate);
    if (known?.bundle === now) return known.isGood;
    const verdict = { bundle: now, isGood: isOfOneOf(certificate, now) };
    verdicts.set(certificate, verdict);
    return verdict.isGood;
  };
  return {
    refusal: (certificate) =>
      isGood(certificate) ? undefined : "the certificate is of an authority that is no longer this hub's",
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    changed: () => {
      for (const listener of [...listeners]) listener();
    },
  };
}

function isOfOneOf({ raw }: VerifiedCertificate, bundle: string): boolean {
  const certificate = encodePem('CERTIFICATE', raw);
  return pemBlocks(bundle, 'CERTIFICATE').some((authority) => isIssuedBy(certificate, authority));
}

/** Good is what all of the checks let pass. */
export function allOf(...checks: CredentialCheck[]): CredentialCheck {
  return {
    refusal: (certificate) => {
      for (const check of checks) {
        const refusal = check.refusal(certificate);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    },
    onChange: (listener) => {
      const stops = checks.map((check) => check.onChange(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
