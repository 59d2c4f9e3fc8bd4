import { expect, test } from 'vitest';
import { resetFieldsOf } from './reset-fields.ts';

test.each([
  ['a kind without status', { hasStatus: false, subresource: '' }, []],
  ['a kind with status', { hasStatus: true, subresource: '' }, [['status']]],
  ['the status of a custom resource', { source: 'crd', subresource: 'status' }, [['metadata'], ['spec']]],
  ['the status of a built-in kind', { subresource: 'status' }, [['spec']]],
  ['the status of a Deployment', { kind: 'Deployment', subresource: 'status' }, [['spec'], ['metadata', 'labels']]],
  ['the status of an attachment', { kind: 'VolumeAttachment', subresource: 'status' }, [['metadata'], ['spec']]],
  [
    'the status of a Pod',
    { kind: 'Pod', subresource: 'status' },
    [['spec'], ['metadata', 'deletionTimestamp'], ['metadata', 'ownerReferences']],
  ],
  ['a signing request', { kind: 'CertificateSigningRequest', subresource: '' }, [['spec'], ['status']]],
  [
    'the status of a signing request',
    { kind: 'CertificateSigningRequest', subresource: 'status' },
    [['spec'], ['status', 'conditions']],
  ],
  [
    'the approval of a signing request',
    { kind: 'CertificateSigningRequest', subresource: 'approval' },
    [['spec'], ['status', 'certificate']],
  ],
  [
    'a custom resource of the name of a built-in kind',
    { kind: 'CertificateSigningRequest', source: 'crd', subresource: '' },
    [['status']],
  ],
  ['another subresource', { subresource: 'approval' }, []],
] as const)('writing %s resets %#', (_name, subject, expected) => {
  expect(resetFieldsOf({ kind: 'Job', source: 'builtin', hasStatus: true, ...subject })).toEqual(expected);
});
