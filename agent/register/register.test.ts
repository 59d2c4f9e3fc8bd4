import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KubeObject, Unstructured } from '../../shared/apis/meta/v1.ts';
import { TransportError } from '../../shared/client/transport.ts';
import { parseCertificateRequest } from '../../shared/pki/x509.ts';
import { parseHubKubeconfig } from './hub-kubeconfig.ts';
import {
  ca,
  keysOf,
  newRegisterWorld,
  type RegisterWorld,
  registerOptions,
  requestsOf,
  runRegister,
  token,
} from './register-fixture.ts';

let world: RegisterWorld;
beforeEach(() => {
  world = newRegisterWorld();
});
afterEach(() => world.close());

describe('register', () => {
  test('joins, and says so in Karmada’s words', async () => {
    await runRegister(world);
    expect(
      world.lines.join('\n').replace(/sha256:[0-9a-f]{64}/, 'sha256:…'),
    ).toBe(`[preflight] Running pre-flight checks
[preflight] All pre-flight checks were passed
[karmada-agent-start] Waiting to perform the TLS Bootstrap
[karmada-agent-start] Waiting to check cluster exists
[karmada-agent-start] Assign the necessary RBAC permissions to the agent
[karmada-agent-start] Waiting to construct karmada-agent kubeconfig
[karmada-agent-start] Key of this cluster: sha256:…
[karmada-agent-start] Waiting the necessary secret and RBAC
[karmada-agent-start] Waiting karmada-agent Deployment

cluster(m1) is joined successfully`);
  });

  test('trusts nobody first, then the pinned CA, and always the address that it was given', async () => {
    await runRegister(world);
    const server = 'https://hub.example:6443';
    const caPem = ca.certificatePem;
    expect(world.connections).toEqual([
      { server, insecureSkipTlsVerify: true },
      { server, caPem: expect.stringContaining(caPem.trim()) },
      { server, caPem: expect.stringContaining(caPem.trim()), token: 'abcdef.0123456789abcdef' },
    ]);
  });

  test('asks for the agent’s certificate with the uid of kube-system', async () => {
    await runRegister(world);
    const [csr] = requestsOf(world.hub);
    expect(csr).toMatchObject({
      metadata: {
        name: expect.stringMatching(/^m1-[a-z0-9]{5}$/),
        labels: { 'karmada.io/system': 'true' },
        annotations: { 'pullet.io/member-uid': 'member-uid' },
      },
      spec: {
        signerName: 'kubernetes.io/kube-apiserver-client',
        expirationSeconds: 86_400,
        usages: ['digital signature', 'key encipherment', 'client auth'],
      },
    });
    const request = await parseCertificateRequest(Buffer.from(csr!.spec.request, 'base64').toString());
    expect(request.subject).toEqual({
      commonName: 'system:karmada:agent:m1',
      organizations: ['system:karmada:agents'],
    });
  });

  test('installs the agent under the names that Karmada’s tools look for', async () => {
    await runRegister(world);
    expect(world.member.get('namespaces', 'karmada-system')?.metadata.labels).toEqual({ 'karmada.io/system': 'true' });
    const secret = world.member.get('secrets', 'karmada-system/karmada-kubeconfig') as Unstructured & {
      data: Record<string, string>;
    };
    expect(Object.keys(secret.data)).toEqual(['karmada-kubeconfig']);
    expect(secret.metadata.annotations).toEqual({});
    const kubeconfig = Buffer.from(secret.data['karmada-kubeconfig'] ?? '', 'base64').toString();
    expect(parseHubKubeconfig(kubeconfig)).toMatchObject({ server: 'https://hub.example:6443', clusterName: 'm1' });
    const deployment = world.member.get('deployments.apps', 'karmada-system/karmada-agent');
    expect(deployment).toMatchObject({
      metadata: { labels: { app: 'karmada-agent' } },
      spec: { template: { spec: { serviceAccountName: 'karmada-agent-sa' } } },
    });
    expect(world.member.get('clusterrolebindings.rbac.authorization.k8s.io', 'karmada-agent')).toBeDefined();
    expect(world.member.get('serviceaccounts', 'karmada-system/karmada-agent-sa')).toBeDefined();
  });

  test('asks again for an answer that was lost, with the request that a person may have approved', async () => {
    let lost = 0;
    world.hub.before = (request) => {
      if (!request.startsWith('get certificatesigningrequests') || lost === 3) return;
      lost += 1;
      throw new TransportError('the connection was reset');
    };
    await runRegister(world);
    expect(lost).toBe(3);
    expect(world.hub.list('certificatesigningrequests.certificates.k8s.io')).toHaveLength(1);
  });

  test('writes no secret into what it prints', async () => {
    await runRegister(world);
    expect(world.lines.join()).not.toContain(token.secret);
    expect(world.lines.join()).not.toContain('PRIVATE KEY');
  });
});

describe('register with --agent-kubeconfig-out', () => {
  test('touches nothing in the member, writes a private file, and prints the line to run', async () => {
    const file = join(world.folder, 'hub.kubeconfig');
    const result = await runRegister(
      world,
      registerOptions({ agentKubeconfigOut: file, agentImage: '', region: 'north' }),
    );
    expect(world.member.requests.filter((request) => !request.startsWith('get'))).toEqual([]);
    expect(parseHubKubeconfig(readFileSync(file, 'utf8'))).toMatchObject({ clusterName: 'm1' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const line = `pullet agent --cluster-name m1 --hub-kubeconfig ${file} --kubeconfig '/home/me/my member.kubeconfig' --cluster-region north`;
    expect(result).toEqual({ agentLine: line });
    expect(world.lines.at(-1)).toContain(line);
  });

  test('prints a line for the context and the namespace that it was given', async () => {
    const file = join(world.folder, 'hub.kubeconfig');
    const given = registerOptions({ agentKubeconfigOut: file, agentImage: '', namespace: 'agents' });
    const line = `pullet agent --cluster-name m1 --hub-kubeconfig ${file} --kubeconfig m1 --context c-1 --leader-elect-resource-namespace agents`;
    const result = await runRegister(world, given, { memberKubeconfig: 'm1', memberContext: 'c-1' });
    expect(result).toEqual({ agentLine: line });
  });

  test('overwrites no file', async () => {
    const file = join(world.folder, 'mine');
    writeFileSync(file, 'precious');
    await expect(runRegister(world, registerOptions({ agentKubeconfigOut: file }))).rejects.toThrow('is there already');
    expect(readFileSync(file, 'utf8')).toBe('precious');
  });

  test('asks nothing of the hub if the file could not be written', async () => {
    const file = join(world.folder, 'nowhere', 'hub.kubeconfig');
    await expect(runRegister(world, registerOptions({ agentKubeconfigOut: file }))).rejects.toThrow('does not exist');
    expect(world.hub.requests).toEqual([]);
  });

  test('goes on with the same key after an interruption', async () => {
    const file = join(world.folder, 'hub.kubeconfig');
    world.hub.before = (request) => {
      if (request.startsWith('get certificatesigningrequests')) throw new TransportError('cut');
    };
    await expect(runRegister(world, registerOptions({ agentKubeconfigOut: file }))).rejects.toThrow('cut');
    world.hub.before = () => undefined;
    await runRegister(world, registerOptions({ agentKubeconfigOut: file }));
    expect(await keysOf(world.hub)).toHaveLength(1);
  });
});

describe('a dry run', () => {
  test('tells what would be made on both sides, and changes nothing on either', async () => {
    await runRegister(world, registerOptions({ isDryRun: true }));
    const said = world.lines.join('\n');
    for (const what of [
      'on the hub: Namespace karmada-es-m1',
      'on the hub: ClusterRole and ClusterRoleBinding system:karmada:m1:agent',
      'in the member: Secret karmada-system/karmada-kubeconfig',
      'in the member: ClusterRole karmada-agent',
      'in the member: Deployment karmada-system/karmada-agent',
    ]) {
      expect(said).toContain(what);
    }
    const isWrite = (request: string): boolean => /^(create|update|patch|delete)/.test(request);
    expect([...world.hub.requests, ...world.member.requests].filter(isWrite)).toEqual([]);
  });

  test('with -o yaml also prints the manifests', async () => {
    await runRegister(world, registerOptions({ isDryRun: true, output: 'yaml' }));
    const kinds = loadAll(world.texts.join('')).map((object) => (object as KubeObject).kind);
    expect(kinds).toEqual(['ClusterRole', 'ServiceAccount', 'ClusterRoleBinding', 'Deployment']);
  });
});

test('-o yaml prints the manifests instead of applying them; only the credential goes into the member', async () => {
  await runRegister(world, registerOptions({ output: 'yaml' }));
  expect(world.lines.at(-1)).toMatch(/^Its agent starts when the manifests are applied/);
  expect(loadAll(world.texts.join(''))).toHaveLength(4);
  expect(world.texts.join('')).not.toContain('PRIVATE KEY');
  const made = world.member.requests.filter((request) => request.startsWith('create'));
  expect(made).toEqual(['create namespaces karmada-system', 'create secrets karmada-system/karmada-kubeconfig']);
});
