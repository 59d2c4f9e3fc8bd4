import { spkiPin } from '../../shared/pki/ca-pin.ts';
import { isIssuedBy } from '../../shared/pki/certificate-info.ts';
import { pemBlocks } from '../../shared/pki/pem.ts';
import { publicKeyDer, readPrivateKey } from '../../shared/pki/private-key.ts';
import type { ClientCertificate } from './hub-credentials.ts';

/** Why an agent's certificate is renewed before its time: an administrator asks for it, or the hub signs with another authority. */

/** Names the key that is to be replaced, so that one wish is one renewal, however often it is read. */
export interface RotationRequest {
  /** What the Cluster says now; '' or undefined: nothing. */
  note(pin: string | undefined): void;
  isFor(certificate: ClientCertificate): boolean;
  /** Calls back when another wish was noted. The result takes it back. */
  subscribe: (wake: () => void) => () => void;
}

export function newRotationRequest(): RotationRequest {
  const listeners = new Set<() => void>();
  let wanted = '';
  return {
    note: (pin = '') => {
      if (pin === wanted) return;
      wanted = pin;
      for (const listener of [...listeners]) listener();
    },
    isFor: (certificate) => wanted !== '' && wanted === keyPin(certificate),
    subscribe: (wake) => {
      listeners.add(wake);
      return () => void listeners.delete(wake);
    },
  };
}

/** `sha256:<hex>` of the certificate's key. */
export function keyPin({ keyPem }: ClientCertificate): string {
  return spkiPin(publicKeyDer(readPrivateKey(keyPem)));
}

/** True if the hub names another authority first, which is the one it signs with, and the certificate is from one of the others. */
export function isOfFormerAuthority(certPem: string, bundle: string): boolean {
  const [signing, ...others] = pemBlocks(bundle, 'CERTIFICATE');
  if (!signing || isIssuedBy(certPem, signing)) return false;
  return others.some((other) => isIssuedBy(certPem, other));
}
