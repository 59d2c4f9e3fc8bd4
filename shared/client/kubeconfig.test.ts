import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inClusterAccess } from './in-cluster.ts';
import { accessFromText, defaultKubeconfigFile, loadKubeconfig } from './kubeconfig.ts';
import { kubeconfigText } from './kubeconfig-text.ts';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pullet-kubeconfig-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function write(name: string, text: string, mode = 0o600): Promise<string> {
  const path = join(dir, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

function config({ context = 'c', cluster = '', user = '' }): string {
  return `
apiVersion: v1
kind: Config
current-context: ${context}
contexts: [{ name: c, context: { cluster: k, user: u, namespace: ns } }, { name: other, context: { cluster: k } }]
clusters: [{ name: k, cluster: { server: "https://k:6443", ${cluster} } }]
users: [{ name: u, user: { ${user} } }]
`;
}

describe('reading', () => {
  test('the current context, with inline data', async () => {
    const cluster = `certificate-authority-data: ${Buffer.from('CA').toString('base64')}`;
    const access = await accessFromText(config({ cluster, user: 'token: t' }), 'x');
    expect(access).toEqual({
      contextName: 'c',
      clusterName: 'k',
      userName: 'u',
      namespace: 'ns',
      transport: { server: 'https://k:6443', caPem: 'CA', token: 't' },
    });
  });

  test('the proxy that the cluster names', async () => {
    const { transport } = await accessFromText(config({ cluster: 'proxy-url: "http://me:word@proxy:3128"' }), 'x');
    expect(transport.proxyUrl).toBe('http://me:word@proxy:3128');
  });

  test('another context, which has no user and no namespace', async () => {
    const access = await accessFromText(config({}), 'x', 'other');
    expect(access).toMatchObject({ userName: '', namespace: 'default', transport: { server: 'https://k:6443' } });
  });

  test('files are relative to the kubeconfig that names them', async () => {
    await write('sub/ca.crt', 'CA');
    await write('sub/me.crt', 'CERT');
    await write('sub/me.key', 'KEY');
    const user = 'client-certificate: me.crt, client-key: me.key, tokenFile: token';
    const path = await write('sub/config', config({ cluster: 'certificate-authority: ca.crt', user }));
    const { transport } = await loadKubeconfig({ path });
    expect(transport.caFile).toBe(join(dir, 'sub/ca.crt'));
    expect(transport).toMatchObject({ caPem: 'CA', certPem: 'CERT', keyPem: 'KEY', tokenFile: join(dir, 'sub/token') });
  });

  test('of several files the first that says something is right, and missing ones do not matter', async () => {
    const first = await write('first', 'current-context: other\n');
    const second = await write('second', config({ context: 'c' }));
    const env = { KUBECONFIG: [join(dir, 'missing'), first, second].join(':') };
    expect((await loadKubeconfig({ env })).contextName).toBe('other');
  });

  test('without a flag and KUBECONFIG it is the one in the home directory', async () => {
    await write('.kube/config', config({}));
    expect((await loadKubeconfig({ env: { HOME: dir } })).contextName).toBe('c');
  });

  test.each([
    ['the one of KUBECONFIG', { HOME: '/h', KUBECONFIG: '/a' }, '/a'],
    ['the one in the home directory', { HOME: '/h' }, '/h/.kube/config'],
    ['none of several', { HOME: '/h', KUBECONFIG: '/a:/b' }, undefined],
  ])('the one file that is meant without a flag is %s', (_name, env, file) => {
    expect(defaultKubeconfigFile(env)).toBe(file);
  });

  test.each([
    ['no file', 'a: [', /x: not valid YAML/],
    ['a list', '[]', /x: not a kubeconfig/],
    ['another kind', 'kind: Pod', /x: kind is "Pod", not "Config"/],
    ['no contexts', '{}', /no cluster is configured/],
    ['no current context', config({ context: '""' }), /no current-context is set; there are: c, other/],
    ['an unknown context', config({ context: 'zzz' }), /x: there is no context "zzz"/],
    [
      'bad base64',
      config({ cluster: 'certificate-authority-data: "***"' }),
      /x: cluster "k": certificate-authority-data is not base64/,
    ],
    [
      'a missing file',
      config({ cluster: 'certificate-authority: /nope' }),
      /x: cluster "k": cannot read certificate-authority \/nope/,
    ],
    [
      'a certificate without its key',
      config({ user: 'client-certificate-data: QQ==' }),
      /client-certificate has no client-key/,
    ],
    [
      'a proxy that is none',
      config({ cluster: 'proxy-url: "ftp://me:word@proxy"' }),
      /x: cluster "k": proxy-url does not name a proxy: the scheme ftp:\/\/ is not supported; give/,
    ],
    ['an exec plugin of no version', config({ user: 'exec: { command: a }' }), /exec\.apiVersion "" is none of/],
  ])('says what is wrong: %s', async (_, text, message) => {
    await expect(accessFromText(text, 'x')).rejects.toThrow(message);
  });

  test('a file that is not there is named', async () => {
    await expect(loadKubeconfig({ path: join(dir, 'nope') })).rejects.toThrow(
      /cannot read the kubeconfig .*nope: there is no such file/,
    );
  });
});

describe('writing', () => {
  test('what is written reads back the same', async () => {
    const text = kubeconfigText({
      server: 'https://h:1',
      caPem: 'CA',
      clusterName: 'karmada-apiserver',
      userName: 'y',
      contextName: 'y@karmada-apiserver',
      certPem: 'CERT',
      keyPem: 'KEY',
    });
    expect(text).toContain("name: 'y'");
    expect(await accessFromText(text, 'x')).toEqual({
      contextName: 'y@karmada-apiserver',
      clusterName: 'karmada-apiserver',
      userName: 'y',
      namespace: 'default',
      transport: { server: 'https://h:1', caPem: 'CA', certPem: 'CERT', keyPem: 'KEY' },
    });
  });
});

describe('in a cluster', () => {
  test('the service account says who and where', async () => {
    await write('sa/ca.crt', 'CA');
    await write('sa/token', 'T');
    await write('sa/namespace', 'karmada-system\n');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    expect(await inClusterAccess(env, join(dir, 'sa'))).toMatchObject({
      namespace: 'karmada-system',
      transport: {
        server: 'https://[fd00::1]:443',
        caPem: 'CA',
        caFile: join(dir, 'sa/ca.crt'),
        tokenFile: join(dir, 'sa/token'),
        proxyUrl: '',
      },
    });
  });

  test('outside of one it says so', async () => {
    await expect(inClusterAccess({})).rejects.toThrow(/not running in a cluster/);
  });
});
