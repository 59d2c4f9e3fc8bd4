import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CertificateSigningRequest, certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import { namespaces } from '../../shared/apis/core/v1.ts';
import { TransportError } from '../../shared/client/transport.ts';
import { newFakeKube } from '../../shared/controller/fake-kube.ts';
import {
  ca,
  KUBE_SYSTEM,
  keysOf,
  newRegisterWorld,
  putClusterInfo,
  registerOptions,
  requestsOf,
  runRegister,
} from './register-fixture.ts';

/** A run that is cut off from one side after so many requests to it, and then a second one. `through`: the first needed no more. */
async function cutAfter(requests: number, side: 'hub' | 'member'): Promise<'cut' | 'through'> {
  const world = newRegisterWorld();
  try {
    const kube = world[side];
    let count = 0;
    kube.before = () => {
      if (count++ >= requests) throw new TransportError('cut');
    };
    const outcome = await runRegister(world, registerOptions({ timeoutMs: 6000 })).then(
      () => 'through' as const,
      () => 'cut' as const,
    );
    if (outcome === 'through') return outcome;
    kube.before = () => undefined;
    world.lines = [];
    await runRegister(world);
    expect(world.lines.at(-1)).toBe('\ncluster(m1) is joined successfully');
    expect(await keysOf(world.hub)).toHaveLength(1);
    return outcome;
  } finally {
    world.close();
  }
}

// How often the certificate is asked for depends on how long signing takes, so the number of requests is found out by counting.
test.each([
  ['member', 12],
  ['hub', 4],
] as const)(
  'a register cut off from the %s before any of its requests can be run again, with the same key',
  async (side, least) => {
    let requests = 0;
    while ((await cutAfter(requests, side)) === 'cut') requests += 1;
    expect(requests).toBeGreaterThanOrEqual(least);
  },
  60_000,
);

test('a second run whose pin is of another CA does not go on with the certificate of the first', async () => {
  const world = newRegisterWorld();
  try {
    world.member.before = (request) => {
      if (request.startsWith('create deployments')) throw new TransportError('cut');
    };
    await expect(runRegister(world)).rejects.toThrow('cut');
    world.member.before = () => undefined;
    const another = registerOptions({ caCertHashes: [`sha256:${'0'.repeat(64)}`] });
    await expect(runRegister(world, another)).rejects.toThrow('none of the public keys');
    expect(world.lines.join('\n')).not.toContain('joined successfully');
  } finally {
    world.close();
  }
});

test.each([
  ['that has been approved since', 1, (csr: CertificateSigningRequest) => csr],
  [
    'but not with one that has been refused',
    2,
    (csr: CertificateSigningRequest) => ({
      ...csr,
      status: { conditions: [{ type: 'Denied' as const, status: 'True' as const, reason: 'Rejected' }] },
    }),
  ],
  [
    'but not with one whose certificate is for another key',
    2,
    (csr: CertificateSigningRequest) => ({
      ...csr,
      status: { certificate: Buffer.from(ca.certificatePem).toString('base64') },
    }),
  ],
])('a second run goes on with the request of the first, %s', async (_which, requests, decide) => {
  const world = newRegisterWorld();
  try {
    world.isApproving = false;
    await expect(runRegister(world)).rejects.toThrow('has not been approved');
    world.isApproving = true;
    for (const csr of requestsOf(world.hub)) world.hub.put(certificateSigningRequests, decide(csr));
    await runRegister(world);
    expect(world.lines.at(-1)).toBe('\ncluster(m1) is joined successfully');
    expect(requestsOf(world.hub)).toHaveLength(requests);
  } finally {
    world.close();
  }
});

test('a second run with another token asks anew', async () => {
  const world = newRegisterWorld();
  try {
    world.isApproving = false;
    await expect(runRegister(world)).rejects.toThrow('has not been approved');
    world.isApproving = true;
    const other = { id: 'ghijkl', secret: '0123456789abcdef' };
    putClusterInfo(world.hub, ca, other);
    await runRegister(world, registerOptions({ token: `${other.id}.${other.secret}` }));
    expect(requestsOf(world.hub)).toHaveLength(2);
  } finally {
    world.close();
  }
});

test.each([
  ['of another member', 'another-uid', {}],
  ['for a certificate of another length', 'member-uid', { certExpirationSeconds: 3600 }],
])('a second run %s does not go on with the request of the first', async (_which, uid, change) => {
  const world = newRegisterWorld();
  try {
    const options = registerOptions({ agentKubeconfigOut: join(world.folder, 'agent.kubeconfig') });
    world.isApproving = false;
    await expect(runRegister(world, options)).rejects.toThrow('has not been approved');
    world.isApproving = true;
    world.member = newFakeKube();
    world.member.put(namespaces, { ...KUBE_SYSTEM, metadata: { name: 'kube-system', uid } });
    await runRegister(world, { ...options, ...change });
    expect(requestsOf(world.hub)).toHaveLength(2);
  } finally {
    world.close();
  }
});
