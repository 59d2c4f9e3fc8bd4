import { certificateMatchesKey } from '../../shared/pki/certificate-info.ts';
import { readPrivateKey } from '../../shared/pki/private-key.ts';

/** A certificate and its private key, in one file. */
export interface KeyPair {
  certPem: string;
  keyPem: string;
}

/** Throws if the text is not both, and of each other. */
export function splitPair(file: string, text: string): KeyPair {
  const start = text.indexOf('-----BEGIN PRIVATE KEY-----');
  const pair = { certPem: text.slice(0, start), keyPem: text.slice(start) };
  if (start <= 0 || !isPair(pair.certPem, pair.keyPem)) {
    throw new Error(`the file ${file} is damaged: it should hold a certificate and its private key`);
  }
  return pair;
}

/** Whether the key is that of the certificate; false where either can't be read. */
export function isPair(certPem: string, keyPem: string): boolean {
  try {
    return certificateMatchesKey(certPem, readPrivateKey(keyPem));
  } catch {
    return false;
  }
}
