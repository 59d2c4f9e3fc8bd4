import { type KeyObject, X509Certificate } from 'node:crypto';
import { pemBlocks } from '../../../shared/pki/pem.ts';
import type { CredentialCheck } from '../../apiserver/authn/credential-check.ts';
import type { VerifiedCertificate } from '../../apiserver/request.ts';

/** Refuses certificates of an authority that the hub has given up: TLS has verified them when the connection was made, which may be long ago. */
export interface AuthorityCheck extends CredentialCheck {
  /** The bundle has changed. */
  changed(): void;
}

export function newAuthorityCheck(bundle: () => string): AuthorityCheck {
  const verdicts = new WeakMap<VerifiedCertificate, { bundle: string; isGood: boolean }>();
  const authoritiesOf = newAuthorities();
  const listeners = new Set<() => void>();
  const isGood = (certificate: VerifiedCertificate): boolean => {
    const now = bundle();
    const known = verdicts.get(certificate);
    if (known?.bundle === now) return known.isGood;
    const verdict = { bundle: now, isGood: isOfOneOf(certificate, authoritiesOf(now)) };
    verdicts.set(certificate, verdict);
    return verdict.isGood;
  };
  return {
    refusal: (certificate) =>
      isGood(certificate) ? undefined : "the certificate is of an authority that is no longer this hub's",
    onChange: (_, listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    changed: () => {
      for (const listener of [...listeners]) listener();
    },
  };
}

interface Authority {
  certificate: X509Certificate;
  publicKey: KeyObject;
}

/** Read once for a bundle, however many certificates are asked about: reading one takes longer than a verification. */
function newAuthorities(): (bundle: string) => readonly Authority[] {
  let known: { bundle: string; authorities: Authority[] } | undefined;
  return (bundle) => {
    if (known?.bundle !== bundle) known = { bundle, authorities: pemBlocks(bundle, 'CERTIFICATE').map(readAuthority) };
    return known.authorities;
  };
}

function readAuthority(pem: string): Authority {
  const certificate = new X509Certificate(pem);
  return { certificate, publicKey: certificate.publicKey };
}

function isOfOneOf({ x509, raw }: VerifiedCertificate, authorities: readonly Authority[]): boolean {
  const certificate = x509 ?? new X509Certificate(raw);
  return authorities.some(
    (authority) => certificate.checkIssued(authority.certificate) && certificate.verify(authority.publicKey),
  );
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
    onChange: (certificate, listener) => {
      const stops = checks.map((check) => check.onChange(certificate, listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
