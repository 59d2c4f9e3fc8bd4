import { beforeEach, describe, expect, test } from 'vitest';
import { certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import { withAgentKey, withIssuedKey } from '../../shared/apis/cluster/agent-keys.ts';
import type { Cluster } from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { namespaces } from '../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { clusterRoleBindings } from '../../shared/apis/rbac/v1.ts';
import { changeAgentKeys, fetchAgentKeys } from '../../shared/client/agent-keys.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { putCluster } from '../../shared/controller/put-cluster.ts';
import { readBootstrapTokenSecret } from '../../shared/pki/bootstrap-token.ts';
import { newCertificateRequest } from '../../shared/pki/certificate-request.ts';
import { newKey } from '../../shared/pki/private-key.ts';
import { newCa } from '../../shared/pki/x509.ts';
import { type FakeShell, newFakeShell } from '../fake-shell.ts';

/** The command lines by which people decide who may join, against a hub in memory. */

const NOW = Date.UTC(2026, 0, 1);
const PIN = `sha256:${'a'.repeat(64)}`;
let hub: FakeKube;
let shell: FakeShell;
const clock = newFakeClock(NOW);
const { certificatePem: caPem } = await newCa({ commonName: 'ca', days: 1, now: Date.now() });

beforeEach(() => {
  hub = newFakeKube();
  hub.documents.set('/apis/cluster.karmada.io/v1alpha1', {});
  hub.documents.set('/apis/apiregistration.k8s.io/v1/apiservices/v1alpha1.cluster.karmada.io', {});
  hub.documents.set('/version', { gitVersion: 'v1.36.0+pullet.0.1.0' });
  const endpoint = { server: 'https://hub.example.com:6443', clusterName: 'hub', caPem };
  shell = newFakeShell(hub.client, { hubEndpoint: async () => endpoint, clock });
});

/** Each of the arguments is a part of the line. */
const pullet = (...parts: string[]): Promise<number> => shell.pullet(parts.join(' '));
const tokens = () => hub.list('secrets').map((secret) => readBootstrapTokenSecret(secret as never));

describe('pullet token create', () => {
  test.each([
    ['--cluster-name m1', { clusterName: 'm1' }],
    ['--single-use', { isSingleUse: true }],
    ['--require-approval', { requiresApproval: true }],
    ['--cluster-name m1 --replace', { clusterName: 'm1', isReplacing: true, isSingleUse: true }],
  ])('%s limits the token', async (flags, limits) => {
    expect(await pullet('token create', flags)).toBe(0);
    expect(tokens()).toMatchObject([{ limits }]);
  });

  test.each([
    ['--replace', '--replace needs --cluster-name'],
    ['--cluster-name M_1', 'invalid value "M_1" for --cluster-name'],
  ])('%s is refused, and makes none', async (flags, message) => {
    expect(await pullet('token create', flags)).toBe(2);
    expect(shell.err).toContain(message);
    expect(tokens()).toEqual([]);
  });

  test('prints the name with the command when there is only one', async () => {
    await pullet('token create --cluster-name m1 --print-register-command');
    expect(shell.out).toMatch(/ --cluster-name m1\n$/);
  });

  test('is told by the list', async () => {
    await pullet('token create --cluster-name m1 --single-use');
    await pullet('token list');
    expect(shell.out).toMatch(/cluster-name=m1,single-use +<nobody>\n$/);
  });
});

describe('pullet approve and reject', () => {
  async function putRequest(name: string, cluster: string, organization = 'system:karmada:agents'): Promise<void> {
    const subject = { commonName: `system:karmada:agent:${cluster}`, organizations: [organization] };
    hub.put(certificateSigningRequests, {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: {
        name,
        annotations: { 'pullet.io/member-uid': 'member-uid' },
        creationTimestamp: '2025-12-31T23:00:00Z',
      },
      spec: {
        request: Buffer.from(newCertificateRequest(await newKey(), subject)).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        username: 'system:bootstrap:abcdef',
      },
    } as KubeObject);
  }
  const read = (name: string) => hub.get('certificatesigningrequests.certificates.k8s.io', name);

  test('lists agents that wait, with key and declared uid, and nobody else', async () => {
    await putRequest('m1-aaaaa', 'm1');
    await putRequest('other', 'm2', 'system:nodes');
    expect(await pullet('approve')).toBe(0);
    expect(shell.out).toMatch(/m1-aaaaa +m1 +60m|m1-aaaaa +m1 +1h/);
    expect(shell.out).toMatch(/system:bootstrap:abcdef +sha256:[0-9a-f]{64} +member-uid\n$/);
    expect(shell.out).not.toContain('other');
  });

  test('approve says yes to that very request, by its name or its cluster’s', async () => {
    await putRequest('m1-aaaaa', 'm1');
    expect(await pullet('approve m1')).toBe(0);
    const { uid, annotations } = read('m1-aaaaa')?.metadata ?? {};
    expect(annotations?.['pullet.io/approved-request']).toBe(uid);
  });

  test('reject denies with the reason', async () => {
    await putRequest('m1-aaaaa', 'm1');
    expect(await shell.pullet('reject', 'm1-aaaaa', '--reason', 'not ours')).toBe(0);
    expect(read('m1-aaaaa')).toMatchObject({ status: { conditions: [{ type: 'Denied', message: 'not ours' }] } });
  });

  test('want to know which, where two wait for one name', async () => {
    await putRequest('m1-aaaaa', 'm1');
    await putRequest('m1-bbbbb', 'm1');
    expect(await pullet('approve m1')).toBe(2);
    expect(shell.err).toContain('m1-aaaaa, m1-bbbbb');
    expect(await pullet('approve nobody')).toBe(1);
    expect(shell.err).toContain('no request "nobody" waits');
  });
});

describe('pullet cert', () => {
  const certify = () => changeAgentKeys(hub.client, 'm1', (record) => withAgentKey(record, PIN, NOW + 86_400_000, NOW));

  test('status tells of each key how long it lasts', async () => {
    await certify();
    expect(await pullet('cert status m1')).toBe(0);
    expect(shell.out).toMatch(/sha256:a{64} +former +2026-01-02T00:00:00Z +1d\n$/);
    expect(await pullet('cert status m2')).toBe(1);
    expect(shell.err).toContain('has certified no agent of cluster "m2"');
  });

  test('status says where a signer gave something else than was asked for, and what has to be done', async () => {
    const from = NOW - 300_000;
    await certify();
    await changeAgentKeys(hub.client, 'm1', (record) => withIssuedKey(record, PIN, { from, until: NOW + 3600_000 }));
    const annotations = { 'pullet.io/claimed-by-key': PIN };
    hub.put(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'karmada-es-m1', annotations } });
    const condition = { type: 'CertificateRotated', status: 'False', reason: 'RotationFailed', message: 'no signer' };
    putCluster(hub, 'Pull', { status: { conditions: [condition] } } as Partial<Cluster>);
    expect(await pullet('cert status m1')).toBe(0);
    expect(shell.out).toMatch(
      /current +2026-01-01T01:00:00Z +1h\nThe signer made the certificate shorter than was asked for, 1h instead of 1d/,
    );
    expect(shell.out).toContain('CertificateRotated: no signer');
  });

  describe('rotate', () => {
    const NEXT = `sha256:${'b'.repeat(64)}`;
    const claimBy = (key: string) =>
      hub.put(namespaces, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'karmada-es-m1', annotations: { 'pullet.io/claimed-by-key': key } },
      });
    const putLease = (annotations?: Record<string, string>) =>
      hub.put(leases, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'm1', namespace: 'karmada-cluster', ...(annotations ? { annotations } : {}) },
      });
    /** Moves the clock on until it has ended. */
    async function inTime(running: Promise<number>): Promise<number | undefined> {
      let code: number | undefined;
      void running.then((ended) => {
        code = ended;
      });
      await expect.poll(() => clock.advance(500).then(() => code)).toBeDefined();
      return code;
    }
    const asked = () => hub.get('clusters.cluster.karmada.io', 'm1')?.metadata.annotations?.['pullet.io/rotate-key'];

    beforeEach(async () => {
      await certify();
      claimBy(PIN);
      putCluster(hub, 'Pull');
      putLease({ 'pullet.io/certificate-authority': 'sha256:ca' });
    });

    test('asks the agent to replace the key that it has, tells what keeps it from it, and waits until it has', async () => {
      const running = pullet('cert rotate m1');
      await expect.poll(asked).toBe(PIN);
      const conditions = [{ type: 'CertificateRotated', status: 'False', message: 'no signer' }];
      putCluster(hub, 'Pull', { status: { conditions } } as Partial<Cluster>);
      await expect.poll(() => clock.advance(500).then(() => shell.err)).toBe('not yet: no signer\n');
      claimBy(NEXT);
      const [from, until] = [NOW, NOW + 3600_000];
      await changeAgentKeys(hub.client, 'm1', (record) =>
        withIssuedKey(withAgentKey(record, NEXT, until, NOW), NEXT, { from, until }),
      );
      expect(await inTime(running)).toBe(0);
      expect(shell.out).toContain(`has the key ${NEXT}, certified until 2026-01-01T01:00:00Z`);
    });

    test('does not wait for ever', async () => {
      const running = pullet('cert rotate m1 --timeout 5s');
      await expect.poll(asked).toBe(PIN);
      expect(await inTime(running)).toBe(1);
      expect(shell.err).toContain('timed out after 5 s waiting for the agent of cluster m1');
    });

    test('asks no agent that would not hear of it', async () => {
      putLease();
      expect(await pullet('cert rotate m1')).toBe(1);
      expect(shell.err).toContain('pullet cert renew --token');
      expect(asked()).toBeUndefined();
    });
  });

  test('revoke takes every key and the rights, and says how the cluster comes back', async () => {
    await certify();
    const name = 'system:karmada:m1:agent';
    hub.put(clusterRoleBindings, { apiVersion: 'v1', kind: 'ClusterRoleBinding', metadata: { name } });
    expect(await pullet('cert revoke m1')).toBe(0);
    expect((await fetchAgentKeys(hub.client, 'm1')).keys[PIN]?.isRevoked).toBe(true);
    expect(hub.get('clusterrolebindings.rbac.authorization.k8s.io', name)).toBeUndefined();
    expect(shell.out).toContain('pullet token create --cluster-name m1 --replace');
  });

  test('revoke says what it can not do on an API server that is not ours', async () => {
    await certify();
    hub.documents.set('/version', { gitVersion: 'v1.36.0' });
    expect(await pullet('cert revoke m1')).toBe(0);
    expect(shell.out).toContain('stays closed until its last certificate ends: 2026-01-02T00:00:00Z');
  });

  test('revoke of a cluster that nobody knows changes nothing', async () => {
    hub.put(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'karmada-es-other' } });
    expect(await pullet('cert revoke m1')).toBe(1);
    expect(shell.err).toContain('knows no agent of a cluster "m1"');
    expect(hub.list('configmaps')).toEqual([]);
  });
});
