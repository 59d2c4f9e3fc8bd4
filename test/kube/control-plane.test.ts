/** The test control plane itself: it is the real thing, it comes back after a crash, and it leaves nothing behind. */

import 'reflect-metadata';
import { execFile, spawn } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBinaries, pinnedKubernetesVersion } from './binaries.ts';
import {
  bootstrapControllers,
  defaultControllers,
  type KubeControlPlane,
  startKubeControlPlane,
  workloadControllers,
} from './control-plane.ts';
import { plainGet } from './plain-request.ts';

const binaries = await ensureBinaries();
const run = promisify(execFile);

describe.runIf('dir' in binaries)('a real control plane', () => {
  let kube: KubeControlPlane;
  const kubectl = async (...args: string[]) =>
    (await run('kubectl', ['--kubeconfig', kube.kubeconfigPath, ...args])).stdout;

  beforeAll(async () => {
    kube = await startKubeControlPlane({
      name: 'self-test',
      controllers: [...defaultControllers, ...workloadControllers, ...bootstrapControllers],
    });
  });
  afterAll(() => kube?.stop());

  test('says the pinned version', async () => {
    const { status, body } = await plainGet(kube, '/version');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ major: '1', minor: '36', gitVersion: await pinnedKubernetesVersion() });
  });

  test('knows the administrator by certificate and others not at all', async () => {
    const anonymous = { server: kube.server, caPem: kube.caPem };
    expect(await plainGet(anonymous, '/api/v1/secrets')).toMatchObject({ status: 403 });
    expect(await plainGet(kube, '/api/v1/secrets')).toMatchObject({ status: 200 });
  });

  test('knows the user a client certificate was issued for', async () => {
    const user = await kube.issueClientCertificate({ commonName: 'jane', organizations: ['readers'] });
    const jane = { server: kube.server, caPem: kube.caPem, clientCertPem: user.certPem, clientKeyPem: user.keyPem };
    const { status, body } = await plainGet(jane, '/api/v1/secrets');
    expect(status).toBe(403);
    expect(JSON.parse(body).message).toContain('User "jane" cannot list resource "secrets"');
  });

  test('keeps what kubectl creates', async () => {
    await kubectl('create', 'configmap', 'greeting', '--from-literal=text=hello');
    expect(await kubectl('get', 'configmap', 'greeting', '-o', 'jsonpath={.data.text}')).toBe('hello');
  });

  test('streams the initial events of a watch, with the bookmark that ends them', async () => {
    const query =
      'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=5';
    const { status, body } = await plainGet(kube, `/api/v1/namespaces?${query}`);
    expect(status).toBe(200);
    const events = body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map((event) => event.type)).toContain('ADDED');
    expect(events.at(-1)).toMatchObject({
      type: 'BOOKMARK',
      object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
  });

  test('runs the chosen controllers: a Deployment gets its pod, a deleted namespace goes with its contents', async () => {
    await kubectl('create', 'namespace', 'short-lived');
    await kubectl('-n', 'short-lived', 'create', 'deployment', 'web', '--image=example.test/web:1');
    await eventually(async () =>
      (await kubectl('-n', 'short-lived', 'get', 'pods', '-o', 'name')).startsWith('pod/web-'),
    );
    await kubectl('delete', 'namespace', 'short-lived', '--timeout=60s');
    expect(await plainGet(kube, '/api/v1/namespaces/short-lived')).toMatchObject({ status: 404 });
  });

  test('takes a bootstrap token', async () => {
    const secret = ['token-id=abcdef', 'token-secret=0123456789abcdef', 'usage-bootstrap-authentication=true'];
    const literals = secret.map((pair) => `--from-literal=${pair}`);
    const type = '--type=bootstrap.kubernetes.io/token';
    await kubectl('-n', 'kube-system', 'create', 'secret', 'generic', 'bootstrap-token-abcdef', type, ...literals);
    const bearer = { server: kube.server, caPem: kube.caPem, bearerToken: 'abcdef.0123456789abcdef' };
    await eventually(async () =>
      (await plainGet(bearer, '/api/v1/secrets')).body.includes('User \\"system:bootstrap:abcdef\\"'),
    );
  });

  test('signs a certificate signing request that was approved', async () => {
    const request = Buffer.from(await newSigningRequest('O=readers, CN=john')).toString('base64');
    const path = join(kube.dir, 'john.json');
    const spec = { request, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] };
    const apiVersion = 'certificates.k8s.io/v1';
    const csr = { apiVersion, kind: 'CertificateSigningRequest', metadata: { name: 'john' }, spec };
    await writeFile(path, JSON.stringify(csr));
    await kubectl('create', '-f', path);
    await kubectl('certificate', 'approve', 'john');
    let signed = '';
    await eventually(async () => {
      signed = await kubectl('get', 'csr', 'john', '-o', 'jsonpath={.status.certificate}');
      return signed !== '';
    });
    const certificate = new x509.X509Certificate(Buffer.from(signed, 'base64').toString('utf8'));
    expect(certificate.subject).toBe('O=readers, CN=john');
  });

  test('comes back with its data, under the same address, after all its processes were killed', async () => {
    await kubectl('create', 'configmap', 'survivor', '--from-literal=text=still-here');
    const before = kube.pids();
    await kube.halt();
    expect(before.filter(isAlive)).toEqual([]);
    await expect(plainGet(kube, '/readyz')).rejects.toThrow('ECONNREFUSED');
    await kube.resume();
    expect(await kubectl('get', 'configmap', 'survivor', '-o', 'jsonpath={.data.text}')).toBe('still-here');
  });
});

describe.runIf('dir' in binaries)('the end of a control plane', () => {
  test('stop leaves no process and no folder, and may be called twice', async () => {
    const kube = await startKubeControlPlane({ controllers: [] });
    const pids = kube.pids();
    expect(pids.filter(isAlive)).toHaveLength(2);
    await kube.stop();
    await kube.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(kube.dir)).toBe(false);
  });

  test('a test process that is killed takes it along', async () => {
    const script = fileURLToPath(new URL('./start-and-wait.ts', import.meta.url));
    const owner = spawn(process.execPath, ['--import', 'tsx', script], {
      cwd: dirname(script),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(owner.stdout, 'data');
    const { dir, pids } = JSON.parse(String(line)) as { dir: string; pids: number[] };
    expect(pids.filter(isAlive)).toHaveLength(2);
    owner.kill('SIGKILL');
    await eventually(async () => !pids.some(isAlive) && !existsSync(dir));
  });

  test('a start that fails says why, with the log, and leaves nothing', async () => {
    const failing = startKubeControlPlane({ name: own('failing'), apiserverFlags: ['--no-such-flag'] });
    await expect(failing).rejects.toThrow(/kube-apiserver ended with code 1[\s\S]*unknown flag: --no-such-flag/);
    expect(await foldersOf(own('failing'))).toEqual([]);
  });

  test('a start that takes too long says what it waited for, and leaves nothing', async () => {
    const late = startKubeControlPlane({ name: own('late'), startTimeoutMs: 0 });
    await expect(late).rejects.toThrow(
      /not ready in time; last answer of https:\/\/127\.0\.0\.1:\d+\/readyz: .*ECONNREFUSED/,
    );
    expect(await foldersOf(own('late'))).toEqual([]);
  });

  test('a start that is given up leaves nothing', async () => {
    const aborted = startKubeControlPlane({ name: own('aborted'), signal: AbortSignal.timeout(500) });
    await expect(aborted).rejects.toMatchObject({ name: expect.stringMatching(/^(Abort|Timeout)Error$/) });
    expect(await foldersOf(own('aborted'))).toEqual([]);
  });
});

async function newSigningRequest(name: string): Promise<string> {
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };
  return (await x509.Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm })).toString('pem');
}

/** A name that no other test on this machine gives: control planes with the same are beside one another. */
const own = (name: string): string => `${name}-${process.pid}`;

async function foldersOf(name: string): Promise<readonly string[]> {
  return (await readdir(tmpdir())).filter((entry) => entry.startsWith(`pullet-kube-${name}-`));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Polls until the condition holds, for at most a minute. */
async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 60_000;
  while (!(await condition())) {
    expect(Date.now(), 'still not so after 60 s').toBeLessThan(deadlineMs);
    await delay(100);
  }
}
