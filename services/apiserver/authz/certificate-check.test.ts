import { expect, test } from 'vitest';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { newCertificateRequest } from '../../../shared/pki/certificate-request.ts';
import { newKey } from '../../../shared/pki/private-key.ts';
import { newMemoryStorage } from '../../storage/memory-backend.ts';
import type { AdmissionContext } from '../registry/registry.ts';
import { grant } from '../server-fixture.ts';
import { newCatalog } from '../types/catalog.ts';
import { newCertificateCheck } from './certificate-check.ts';
import { newRbacAuthorizer } from './rbac-authorizer.ts';
import { newStorageRbacReader } from './storage-rbac-reader.ts';

const definition = newCatalog().find('certificates.k8s.io', 'v1', 'certificatesigningrequests');
const signerName = 'kubernetes.io/kube-apiserver-client';

async function requestOf(organizations: string[], status: object = {}): Promise<Unstructured> {
  const pem = newCertificateRequest(await newKey(), { commonName: 'jane', organizations });
  const request = Buffer.from(pem).toString('base64');
  const metadata = { name: 'csr' };
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata,
    spec: { request, signerName },
    status,
  };
}

interface Case {
  context: Partial<AdmissionContext>;
  object: Unstructured;
  old?: Unstructured;
  /** Verb and signer that the writer has a right to. */
  right?: [verb: string, signer: string];
}

async function outcome({ context, object, old, right = ['get', '*'] }: Case): Promise<string> {
  const storage = newMemoryStorage();
  const [verb, signer] = right;
  const rule = { verbs: [verb], apiGroups: ['certificates.k8s.io'], resources: ['signers'], resourceNames: [signer] };
  await grant(storage, { name: 'r', rules: [rule], subjects: [{ kind: 'User', name: 'jane' }] });
  if (!definition) throw new Error('certificate requests are not served');
  const about = {
    user: { name: 'jane', groups: [] },
    definition,
    namespace: '',
    name: 'csr',
    dryRun: false,
    warn: () => {},
  };
  const check = newCertificateCheck(newRbacAuthorizer(newStorageRbacReader(storage)));
  try {
    await check({ ...about, operation: 'UPDATE', subresource: '', ...context }, object, old);
    return 'allowed';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const refused = (why: string): string => `certificatesigningrequests.certificates.k8s.io "csr" is forbidden: ${why}`;

test.each<[string, [string, string], string]>([
  ['that right', ['approve', signerName], 'allowed'],
  ['it for the whole domain', ['approve', 'kubernetes.io/*'], 'allowed'],
  [
    'it for another signer',
    ['approve', 'example.com/x'],
    refused(`user not permitted to approve requests with signerName "${signerName}"`),
  ],
  [
    'the right to sign',
    ['sign', signerName],
    refused(`user not permitted to approve requests with signerName "${signerName}"`),
  ],
])('approving with %s', async (_what, right, expected) => {
  const request = await requestOf([]);
  expect(await outcome({ context: { subresource: 'approval' }, object: request, old: request, right })).toBe(expected);
});

test('to change the certificate or any condition needs the right to sign, nothing else of the status does', async () => {
  const old = await requestOf([]);
  const context = { subresource: 'status' };
  const issued = { ...old, status: { certificate: 'x' } };
  const failed = { ...old, status: { conditions: [{ type: 'Failed', status: 'True' }] } };
  const why = refused(`user not permitted to sign requests with signerName "${signerName}"`);
  expect(await outcome({ context, object: issued, old })).toBe(why);
  expect(await outcome({ context, object: failed, old })).toBe(why);
  const noted = { ...old, status: { conditions: [{ type: 'Noted', status: 'True' }] } };
  expect(await outcome({ context, object: noted, old })).toBe(why);
  expect(await outcome({ context, object: issued, old, right: ['sign', signerName] })).toBe('allowed');
  expect(await outcome({ context, object: old, old })).toBe('allowed');
});

test('nobody asks for a certificate of system:masters', async () => {
  const context = { operation: 'CREATE' as const };
  expect(await outcome({ context, object: await requestOf(['dev', 'system:masters']) })).toBe(
    refused(`use of ${signerName} signer with system:masters group is not allowed`),
  );
  expect(await outcome({ context, object: await requestOf(['dev']) })).toBe('allowed');
});
