import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** Keys as node:crypto holds them; PEM only at the edges. */

export type KeyKind = 'ec-p256' | 'rsa-2048' | 'rsa-3072';

const generate = promisify(generateKeyPair);

/** A new private key; P-256 unless a peer needs RSA. */
export async function newKey(kind: KeyKind = 'ec-p256'): Promise<KeyObject> {
  if (kind === 'ec-p256') return (await generate('ec', { namedCurve: 'P-256' })).privateKey;
  return (await generate('rsa', { modulusLength: Number(kind.slice(4)) })).privateKey;
}

/** PKCS#8 PEM. A secret: into files with mode 0600 and Secrets only. */
export function privateKeyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Reads PKCS#8, PKCS#1 or SEC1 PEM. The error says nothing of the content. */
export function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error('the private key is not PEM that can be read (PKCS#8, PKCS#1 or SEC1, without a passphrase)');
  }
}

/** SubjectPublicKeyInfo in DER, of a private or public key. */
export function publicKeyDer(key: KeyObject): Uint8Array {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return publicKey.export({ type: 'spki', format: 'der' });
}
