import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newExecCredentials } from './exec-credentials.ts';
import { type ExecPolicy, listedExecPolicy, userExecPolicy } from './exec-policy.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import type { CredentialSource } from './transport-options.ts';

/** Programs that give credentials, run for real. */

const V1 = 'client.authentication.k8s.io/v1';
const V1BETA1 = 'client.authentication.k8s.io/v1beta1';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pullet-exec-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const answer = (status: object, apiVersion = V1): string =>
  JSON.stringify({ apiVersion, kind: 'ExecCredential', status });
const quiet: ExecPolicy = { ...userExecPolicy, isInteractive: false };

/** A kubeconfig whose program is a shell script; `sh` is the command, so that no file is run that was just written. */
async function load(
  script: string,
  exec: object = {},
  { policy = quiet, cluster = {} } = {},
): Promise<CredentialSource> {
  const file = join(dir, 'plugin.sh');
  await writeFile(file, script);
  const path = join(dir, 'config');
  const config = {
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    clusters: [{ name: 'k', cluster: { server: 'https://k:6443', ...cluster } }],
    users: [
      {
        name: 'u',
        user: { exec: { apiVersion: V1, interactiveMode: 'Never', command: 'sh', args: [file, 'a'], ...exec } },
      },
    ],
  };
  await writeFile(path, JSON.stringify(config));
  const { transport } = await loadKubeconfig({ path, exec: policy });
  if (!transport.credentials) throw new Error('no credentials');
  return transport.credentials;
}

/** Prints the answer, and counts its runs in a file. */
const counting = (status: object): string => `echo x >> ${dir}/runs\nprintf '%s' '${answer(status)}'`;
const runs = async (): Promise<number> => (await readFile(join(dir, 'runs'), 'utf8')).split('\n').length - 1;

describe('a program', () => {
  test('is asked once, and again when the server refuses what it gave', async () => {
    const credentials = await load(counting({ token: 't' }));
    for (let i = 0; i < 3; i++) expect(await credentials(false)).toEqual({ token: 't' });
    expect(await runs()).toBe(1);
    await credentials(true);
    expect(await runs()).toBe(2);
  });

  test('is not asked for every request of a server that refuses everything', async () => {
    let now = 1_000_000;
    const file = join(dir, 'plugin.sh');
    await writeFile(file, counting({ token: 't' }));
    const exec = { apiVersion: V1, interactiveMode: 'Never', command: 'sh', args: [file] };
    const context = { where: 'x', folder: dir, cluster: { server: 'https://k' }, policy: quiet, now: () => now };
    const credentials = newExecCredentials(exec, context);
    for (let i = 0; i < 20; i++) await credentials(true);
    expect(await runs()).toBe(1);
    now += 5000;
    for (let i = 0; i < 20; i++) await credentials(true);
    expect(await runs()).toBe(2);
  });

  test('is asked again when what it gave has expired', async () => {
    const old = await load(counting({ token: 't', expirationTimestamp: '2020-01-01T00:00:00Z' }));
    await old(false);
    await old(false);
    expect(await runs()).toBe(2);
    const young = await load(counting({ token: 't', expirationTimestamp: '2999-01-01T00:00:00Z' }));
    await young(false);
    await young(false);
    expect(await runs()).toBe(3);
  });

  test('is asked once by many at once', async () => {
    const credentials = await load(counting({ token: 't' }));
    await Promise.all(Array.from({ length: 10 }, () => credentials(false)));
    expect(await runs()).toBe(1);
  });

  test('gives a certificate with its key, beside a token or alone', async () => {
    const pair = { clientCertificateData: 'CERT', clientKeyData: 'KEY' };
    expect(await (await load(counting(pair)))(false)).toEqual({ certPem: 'CERT', keyPem: 'KEY' });
    expect(await (await load(counting({ ...pair, token: 't' })))(false)).toEqual({
      certPem: 'CERT',
      keyPem: 'KEY',
      token: 't',
    });
  });

  test('gets its arguments and its environment, and may be of v1beta1 without a mode', async () => {
    const script = `printf '{"apiVersion":"${V1BETA1}","kind":"ExecCredential","status":{"token":"%s-%s"}}' "$1" "$E"`;
    const exec = { apiVersion: V1BETA1, interactiveMode: undefined, env: [{ name: 'E', value: 'v' }] };
    expect(await (await load(script, exec))(false)).toEqual({ token: 'a-v' });
  });

  const told = async (exec: object, more: object = {}) => {
    const script = `printf '%s' "$KUBERNETES_EXEC_INFO" > ${dir}/info\nprintf '%s' '${answer({ token: 't' })}'`;
    await (await load(script, exec, more))(false);
    return JSON.parse(await readFile(join(dir, 'info'), 'utf8'));
  };

  test('is told of the cluster if it asks for that', async () => {
    const cluster = {
      'certificate-authority-data': Buffer.from('CA').toString('base64'),
      'tls-server-name': 'name',
      'proxy-url': 'http://proxy:3128',
      extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'a' } }],
    };
    expect(await told({ provideClusterInfo: true }, { cluster })).toEqual({
      apiVersion: V1,
      kind: 'ExecCredential',
      spec: {
        interactive: false,
        cluster: {
          server: 'https://k:6443',
          'certificate-authority-data': Buffer.from('CA').toString('base64'),
          'tls-server-name': 'name',
          'proxy-url': 'http://proxy:3128',
          config: { audience: 'a' },
        },
      },
    });
  });

  test('is told nothing of the cluster else', async () => {
    expect((await told({})).spec).toEqual({ interactive: false });
  });
});

describe('says what is wrong:', () => {
  test.each<[string, string, object, RegExp]>([
    ['it fails', 'echo why >&2; exit 3', {}, /user "u": exec: sh failed with exit code 3: why$/],
    ['it prints something else', 'echo secret', {}, /did not print an ExecCredential of .*v1$/],
    ['it is of another version', `printf '%s' '${answer({ token: 'secret' }, V1BETA1)}'`, {}, /did not print/],
    ['it gives nothing', `printf '%s' '${answer({})}'`, {}, /gave neither a token nor a certificate/],
    [
      'it gives half a pair',
      `printf '%s' '${answer({ clientKeyData: 'secret' })}'`,
      {},
      /gave a certificate without its key, or a key without a certificate/,
    ],
    [
      'its time is none',
      `printf '%s' '${answer({ token: 'secret', expirationTimestamp: 'soon' })}'`,
      {},
      /gave an expirationTimestamp that is no time/,
    ],
    [
      'it is not installed',
      '',
      { command: 'no-such-program-here', installHint: 'Get it at example.com.' },
      /exec: no-such-program-here is not installed here\. Get it at example\.com\.$/,
    ],
    ['a mode is missing', '', { interactiveMode: undefined }, /interactiveMode is missing/],
    [
      'a mode is none',
      '',
      { interactiveMode: 'Maybe' },
      /interactiveMode "Maybe" is none of Never, IfAvailable, Always/,
    ],
    ['it wants a terminal', '', { interactiveMode: 'Always' }, /wants a terminal/],
  ])('%s', async (_what, script, exec, message) => {
    const failing = async () => (await load(script, exec))(false);
    await expect(failing()).rejects.toThrow(message);
    await expect(failing()).rejects.not.toThrow(/secret/);
  });
});

describe('where only listed programs may be run', () => {
  const policy = listedExecPolicy(['sh', '/opt/login'], '--allowed-exec-plugins of the hub');

  test('a listed one is run, without variables that would make another of it', async () => {
    const script = `printf '{"apiVersion":"${V1}","kind":"ExecCredential","status":{"token":"%s-%s"}}' "$REGION" "$LD_PRELOAD"`;
    const env = [
      { name: 'REGION', value: 'north' },
      { name: 'LD_PRELOAD', value: '' },
      { name: 'PATH', value: '/nowhere' },
    ];
    expect(await (await load(script, { env }, { policy }))(false)).toEqual({ token: 'north-' });
  });

  test.each([['aws'], ['./sh'], ['/bin/sh'], ['login']])('%s is refused, naming the flag', async (command) => {
    await expect(load('', { command }, { policy })).rejects.toThrow(
      `exec: ${command} is not among the programs that may be run here (these are: sh, /opt/login); --allowed-exec-plugins of the hub lists them`,
    );
  });

  test('what a program says when it fails is not told', async () => {
    const failing = (await load('echo hunter2 >&2; exit 3', {}, { policy }))(false);
    await expect(failing).rejects.toThrow(/exec: sh failed with exit code 3; what it said is not told here/);
    await expect(failing).rejects.not.toThrow(/hunter2/);
  });
});
