/**
 * Client certificates by the thousand: one is made as the hub makes them, and others of the same length of name are copies of it with their own name, serial number
 * and signature. That takes a tenth of the time, which would otherwise be the client's and not the server's that is measured.
 */

import { type KeyObject, randomFillSync, sign, X509Certificate } from 'node:crypto';
import { type CertificateAuthority, issueCertificate } from '../../shared/pki/x509.ts';

/** What is signed of a certificate, and what stands between that and the signature (RFC 5280, 4.1). */
interface Plate {
  signed: Buffer;
  algorithm: Buffer;
  nameAt: number;
}

/** The result gives PEM. All have the one public key. */
export function newCertificatePress(
  ca: CertificateAuthority,
  publicKey: Uint8Array,
): (user: string, group: string) => Promise<string> {
  const plates = new Map<string, Promise<Plate>>();
  return async (user, group) => {
    const like = `${group} ${user.length}`;
    const plate = plates.get(like) ?? newPlate(ca, publicKey, { user, group });
    plates.set(like, plate);
    return pressed(await plate, user, ca.privateKey);
  };
}

async function newPlate(
  ca: CertificateAuthority,
  publicKey: Uint8Array,
  { user, group }: { user: string; group: string },
): Promise<Plate> {
  const pem = await issueCertificate(ca, {
    subject: { commonName: user, organizations: [group] },
    publicKey,
    usages: ['digital signature', 'key encipherment', 'client auth'],
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 24 * 3600_000,
  });
  const whole = elementAt(new X509Certificate(pem).raw, 0);
  const signed = elementAt(whole.content, 0).bytes;
  const algorithm = elementAt(whole.content, signed.length).bytes;
  return { signed, algorithm, nameAt: signed.indexOf(user) };
}

const SEQUENCE = 0x30;
const BIT_STRING = 0x03;

function pressed({ signed, algorithm, nameAt }: Plate, user: string, caKey: KeyObject): string {
  const copy = Buffer.from(signed);
  copy.write(user, nameAt);
  const version = elementAt(elementAt(copy, 0).content, 0).bytes;
  const serial = elementAt(elementAt(copy, 0).content, version.length).content;
  randomFillSync(serial, 1); // The first byte says that it is positive.
  const signature = element(BIT_STRING, Buffer.concat([Buffer.from([0]), sign('sha256', copy, caKey)]));
  const whole = element(SEQUENCE, Buffer.concat([copy, algorithm, signature]));
  const lines = whole.toString('base64').replace(/(.{64})/g, '$1\n');
  return `-----BEGIN CERTIFICATE-----\n${lines.trimEnd()}\n-----END CERTIFICATE-----\n`;
}

/** One element of DER: with its head, and what is in it. */
function elementAt(bytes: Buffer, at: number): { bytes: Buffer; content: Buffer } {
  const first = bytes[at + 1] ?? 0;
  const more = first < 0x80 ? 0 : first & 0x7f;
  const length = more === 0 ? first : bytes.readUIntBE(at + 2, more);
  const start = at + 2 + more;
  return { bytes: bytes.subarray(at, start + length), content: bytes.subarray(start, start + length) };
}

function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
