import { rmSync } from 'node:fs';
import path from 'node:path';
import { privateKeyPem, readPrivateKey } from '../../../shared/pki/private-key.ts';
import { type CertificateAuthority, newCa } from '../../../shared/pki/x509.ts';
import { readIfExists, writePrivateFile } from '../data-directory.ts';
import { splitPair } from '../key-pair.ts';

/**
 * The hub's certificate authorities on disk, and the steps by which one takes the place of another: `ca.pem` signs; `ca-next.pem` is published so that everybody
 * comes to trust it before it signs; `ca-former.pem` signed until then and is still good. Each step may be broken off between two files and done again.
 */
export interface Authorities {
  /** Signs. */
  signing: CertificateAuthority;
  /** The one to come, or the former one. */
  other?: CertificateAuthority;
  stage: CaStage;
}

export type CaStage = 'single' | 'published' | 'switched';

const CA_DAYS = 3650;

/** Reads what is there; makes the first authority where there is none. Throws if a file is damaged. */
export async function loadAuthorities(directory: string, now: number): Promise<Authorities> {
  const signing = read(directory, 'ca') ?? (await newAuthority(directory, 'ca', now));
  const isOther = (each: CertificateAuthority | undefined): each is CertificateAuthority =>
    each !== undefined && each.certificatePem !== signing.certificatePem;
  const [former, next] = [read(directory, 'ca-former'), read(directory, 'ca-next')];
  if (isOther(former)) return { signing, other: former, stage: 'switched' };
  if (isOther(next)) return { signing, other: next, stage: 'published' };
  return { signing, stage: 'single' };
}

/** PEM bundle of all that count, the one that signs first. */
export function authorityBundle({ signing, other }: Authorities): string {
  return signing.certificatePem + (other?.certificatePem ?? '');
}

export async function publishNext(directory: string, now: number): Promise<void> {
  forgetOthers(directory);
  await newAuthority(directory, 'ca-next', now);
}

/** The next one signs from now on. */
export async function switchToNext(directory: string, { signing, other }: Authorities): Promise<void> {
  if (!other) throw new Error('there is no next authority');
  write(directory, 'ca-former', signing);
  write(directory, 'ca', other);
  rmSync(fileOf(directory, 'ca-next'), { force: true });
}

/** Only the one that signs is left. */
export function forgetOthers(directory: string): void {
  for (const name of ['ca-next', 'ca-former'] as const) rmSync(fileOf(directory, name), { force: true });
}

type CaName = 'ca' | 'ca-next' | 'ca-former';

function fileOf(directory: string, name: CaName): string {
  return path.join(directory, `${name}.pem`);
}

/** One file for both, so that there is never a certificate without its key. */
function read(directory: string, name: CaName): CertificateAuthority | undefined {
  const file = fileOf(directory, name);
  const existing = readIfExists(file);
  if (existing === undefined) return undefined;
  const { certPem, keyPem } = splitPair(file, existing);
  return { certificatePem: certPem, privateKey: readPrivateKey(keyPem) };
}

async function newAuthority(directory: string, name: CaName, now: number): Promise<CertificateAuthority> {
  const ca = await newCa({ commonName: 'pullet-ca', days: CA_DAYS, now });
  write(directory, name, ca);
  return ca;
}

function write(directory: string, name: CaName, { certificatePem, privateKey }: CertificateAuthority): void {
  writePrivateFile(fileOf(directory, name), certificatePem + privateKeyPem(privateKey));
}
