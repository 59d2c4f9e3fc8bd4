import { createHash, X509Certificate } from 'node:crypto';
import { pemBlocks } from './pem.ts';
import { publicKeyDer } from './private-key.ts';

/**
 * Pins of certificate authorities as kubeadm writes them: `sha256:` and the hex digest of the certificate's
 * SubjectPublicKeyInfo. Source: kubeadm, "Token-based discovery with CA pinning"; the wire contract, section 1.4.
 */

/** One pin for every certificate of a PEM bundle. */
export function caPins(bundlePem: string): string[] {
  return pemBlocks(bundlePem, 'CERTIFICATE').map((pem) => spkiPin(publicKeyDer(new X509Certificate(pem).publicKey)));
}

/** `sha256:<hex>` of a SubjectPublicKeyInfo in DER. */
export function spkiPin(spki: Uint8Array): string {
  return `sha256:${createHash('sha256').update(spki).digest('hex')}`;
}

/** Brings a pin given by a user into the form of `caPins`; throws with what is wrong about it. */
export function parseCaPin(text: string): string {
  const [format = '', value = '', ...more] = text.split(':');
  if (more.length > 0 || value === '') throw invalidPin('invalid public key hash, expected "format:hex-value"');
  if (format.toLowerCase() !== 'sha256') throw invalidPin(`unknown public key hash format ${JSON.stringify(format)}`);
  if (!/^([0-9a-f]{2})*$/i.test(value)) throw invalidPin('could not decode SHA-256 from public key hash');
  if (value.length !== 64) throw invalidPin(`expected a 32 byte SHA-256 hash, found ${value.length / 2} bytes`);
  return `sha256:${value.toLowerCase()}`;
}

function invalidPin(why: string): Error {
  return new Error(`invalid discovery token CA certificate hash: ${why}`);
}

/** True if any certificate of the bundle has any of the pins. */
export function matchesAnyPin(bundlePem: string, pins: string[]): boolean {
  const wanted = new Set(pins.map(parseCaPin));
  return caPins(bundlePem).some((pin) => wanted.has(pin));
}
