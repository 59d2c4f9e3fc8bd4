import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CertificateSigningRequest, certificateSigningRequests } from '../../../shared/apis/certificates/v1.ts';
import { AGENT_ORGANIZATION, APPROVED_REQUEST_ANNOTATION, agentUser } from '../../../shared/apis/cluster/v1alpha1.ts';
import { newCertificateRequest } from '../../../shared/pki/certificate-request.ts';
import { newKey } from '../../../shared/pki/private-key.ts';
import { startTestControl, type TestControl } from '../control-fixture.ts';

let control: TestControl;
beforeEach(async () => {
  control = await startTestControl();
});
afterEach(() => control.stop());

async function put(
  name: string,
  more: Partial<CertificateSigningRequest> & { organization?: string } = {},
): Promise<void> {
  const { organization = AGENT_ORGANIZATION, ...rest } = more;
  const pem = newCertificateRequest(await newKey(), {
    commonName: agentUser('store17'),
    organizations: [organization],
  });
  control.kube.put(certificateSigningRequests, {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name, uid: `uid of ${name}`, annotations: { 'pullet.io/member-uid': 'u1' } },
    spec: {
      request: Buffer.from(pem).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      username: 'system:bootstrap:abcdef',
    },
    status: {},
    ...rest,
  } as CertificateSigningRequest);
}
const stored = (name: string) =>
  control.kube.get('certificatesigningrequests.certificates.k8s.io', name) as unknown as CertificateSigningRequest;
const denied = { conditions: [{ type: 'Denied', status: 'True' } as const] };

test('those are listed who are agents and wait', async () => {
  await put('waits');
  await put('decided', { status: denied });
  await put('issued', { status: { certificate: 'eA==' } });
  await put('no-agent', { organization: 'dev' });
  const { json } = await control.ask('GET', '/approvals');
  expect(json.items).toEqual([
    {
      name: 'waits',
      cluster: 'store17',
      key: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      memberUid: 'u1',
      requester: 'system:bootstrap:abcdef',
      createdAt: expect.any(String),
      approved: false,
    },
  ]);
});

test('an approval marks this very request', async () => {
  await put('waits');
  const { status, json } = await control.ask('POST', '/approvals/waits/approve');
  expect([status, json.decision, json.cluster]).toEqual([200, 'approved', 'store17']);
  expect(stored('waits').metadata.annotations?.[APPROVED_REQUEST_ANNOTATION]).toBe('uid of waits');
  expect(stored('waits').status).toEqual({});
  expect((await control.ask('GET', '/approvals')).json.items).toMatchObject([{ name: 'waits', approved: true }]);
});

test.each([
  [{}, 'an administrator of the hub has refused it'],
  [{ reason: 'not one of ours' }, 'not one of ours'],
])('a rejection with %j tells the joiner why', async (body, message) => {
  await put('waits');
  expect((await control.ask('POST', '/approvals/waits/reject', { body })).json.decision).toBe('rejected');
  expect(stored('waits').status?.conditions).toMatchObject([
    { type: 'Denied', status: 'True', reason: 'Rejected', message },
  ]);
});

test('a rejection needs no content', async () => {
  await put('waits');
  expect((await control.ask('POST', '/approvals/waits/reject')).status).toBe(200);
});

test.each(['approve', 'reject'])('to %s what is decided, is no agent or is not there is refused', async (verb) => {
  await put('decided', { status: denied });
  await put('no-agent', { organization: 'dev' });
  const statuses = [];
  for (const name of ['decided', 'no-agent', 'nothing']) {
    statuses.push((await control.ask('POST', `/approvals/${name}/${verb}`)).status);
  }
  expect(statuses).toEqual([409, 404, 404]);
  expect(stored('decided').metadata.annotations?.[APPROVED_REQUEST_ANNOTATION]).toBeUndefined();
});
