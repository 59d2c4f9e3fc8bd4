import { renameSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configMaps, namespaces } from '../../../shared/apis/core/v1.ts';
import { clusterRoleBindings, clusterRoles } from '../../../shared/apis/rbac/v1.ts';
import { STORE_EPOCH_ANNOTATION } from '../../../shared/apis/store-epoch.ts';
import { silentLogger } from '../../../shared/controller/silent-logger.ts';
import { systemClock } from '../../../shared/controller/system-clock.ts';
import { type Hub, startHub } from '../hub.ts';
import { parseHubOptions } from '../options.ts';
import { runBackup } from './backup-command.ts';
import { runRestore } from './restore-command.ts';
import { restoreDirectory } from './restore-directory.ts';

let dir: string;
let hubs: Hub[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'pullet-backup-'));
});

afterEach(async () => {
  for (const hub of hubs) await hub.stop();
  hubs = [];
  await rm(dir, { recursive: true, force: true });
});

const at = (name: string): string => path.join(dir, name);

async function start(name: string): Promise<Hub> {
  const options = parseHubOptions([`--data-dir=${at(name)}`, '--listen=127.0.0.1:0'], {});
  if (!options) throw new Error('help');
  const hub = await startHub(options, { clock: systemClock, log: silentLogger });
  hubs.push(hub);
  return hub;
}

function newContext() {
  const said: string[] = [];
  const streams = { out: (text: string) => void said.push(text), err: (text: string) => void said.push(text) };
  return { said, streams, env: {}, signal: new AbortController().signal };
}

const backup = (hub: Hub, file = at('hub.backup')) =>
  runBackup([file, '--kubeconfig', hub.adminKubeconfig], newContext());
const restore = (name: string, ...flags: string[]) =>
  runRestore([at('hub.backup'), '--data-dir', at(name), ...flags], newContext(), () => Date.now());

const put = (hub: Hub, name: string) =>
  hub.client.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } });
const names = async (hub: Hub): Promise<(string | undefined)[]> =>
  (await hub.client.list(configMaps, { namespace: 'default' })).items.map(({ metadata }) => metadata.name);
const epochOf = async (hub: Hub): Promise<string | undefined> =>
  (await hub.client.get(namespaces, { name: 'kube-system' })).metadata.annotations?.[STORE_EPOCH_ANNOTATION];

describe('a hub restored from a backup', () => {
  test('has what was there then, its keys, another epoch, and revisions above all that were seen', async () => {
    const lost = await start('hub');
    await put(lost, 'before');
    await backup(lost);
    const seen = (await put(lost, 'after')).metadata.resourceVersion ?? '';
    const epoch = await epochOf(lost);
    await lost.stop();
    await restore('again');
    const hub = await start('again');
    expect(await names(hub)).toEqual(['before']);
    expect(hub.caPem).toBe(lost.caPem);
    expect(await epochOf(hub)).not.toBe(epoch);
    const { metadata } = await hub.client.list(configMaps, { namespace: 'default' });
    expect(Number(metadata.resourceVersion)).toBeGreaterThan(Number(seen));
    const watch = hub.client.watch(configMaps, { resourceVersion: seen }, new AbortController().signal);
    const first = await watch[Symbol.asyncIterator]()
      .next()
      .catch((error: unknown) => error);
    expect(JSON.stringify(first)).toContain('"code":410');
    for (const file of await readdir(at('again'), { recursive: true }))
      expect((await stat(path.join(at('again'), file))).mode & 0o077, file).toBe(0);
  });

  test('keeps its epoch when it is merely started again', async () => {
    const first = await start('hub');
    const epoch = await epochOf(first);
    await first.stop();
    expect(await epochOf(await start('hub'))).toBe(epoch);
    expect(epoch).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('backup', () => {
  test('is consistent while others write: a prefix of what was written', async () => {
    const hub = await start('hub');
    let isOver = false;
    const writing = (async () => {
      for (let n = 0; !isOver; n++) await put(hub, `n${String(n).padStart(6, '0')}`);
    })();
    writing.catch(() => {});
    await expect.poll(async () => (await names(hub)).length).toBeGreaterThan(20);
    await backup(hub);
    isOver = true;
    await writing;
    await restore('again');
    const kept = await names(await start('again'));
    expect(kept).toEqual((await names(hub)).slice(0, kept.length));
    expect(kept.length).toBeGreaterThan(20);
  });

  test('never overwrites a file, and its own can be read by nobody else', async () => {
    const hub = await start('hub');
    await backup(hub);
    expect((await stat(at('hub.backup'))).mode & 0o777).toBe(0o600);
    await expect(backup(hub)).rejects.toThrow('exists already');
    expect(await readdir(dir)).toEqual(['hub', 'hub.backup']);
  });

  test('is for those who may do everything: the right to read all paths is not enough', async () => {
    const hub = await start('hub');
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'paths' } as const;
    await hub.client.create(clusterRoles, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'paths' },
      rules: [{ nonResourceURLs: ['*'], verbs: ['*'] }],
    });
    await hub.client.create(clusterRoleBindings, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'paths' },
      roleRef,
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User' as const, name: 'jane' }],
    });
    const ask = (user: string) =>
      hub.client.raw({ method: 'GET', path: '/pullet/backup', headers: { 'impersonate-user': user } });
    await expect(ask('jane')).rejects.toThrow('every verb on every resource');
    await expect(ask('system:anonymous')).rejects.toThrow('forbidden');
    await expect(hub.client.raw({ method: 'POST', path: '/pullet/backup' })).rejects.toMatchObject({ code: 405 });
  });
});

describe('restore', () => {
  beforeEach(async () => {
    const hub = await start('hub');
    await put(hub, 'one');
    await backup(hub);
  });

  test('refuses a directory that holds something, and leaves it', async () => {
    await mkdir(at('mine'));
    await writeFile(path.join(at('mine'), 'notes.txt'), 'mine');
    await expect(restore('mine')).rejects.toThrow('is not empty');
    expect(await readdir(at('mine'))).toEqual(['notes.txt']);
  });

  test('refuses the directory of a hub that runs, even with --force', async () => {
    const before = await readdir(at('hub'));
    await expect(restore('hub', '--force')).rejects.toThrow('is in use by process');
    expect(await readdir(at('hub'))).toEqual(before);
  });

  test('with --force moves aside what was there, whole', async () => {
    const [running] = hubs;
    await put(running as Hub, 'two');
    await running?.stop();
    await restore('hub', '--force');
    const aside = (await readdir(at('hub'))).find((name) => name.startsWith('before-restore-')) ?? '';
    expect(await names(await start('hub'))).toEqual(['one']);
    expect(await names(await start(path.join('hub', aside)))).toEqual(['one', 'two']);
  });

  test.each([
    ['moved back', false, /^no room$/],
    ['left aside, and says so', true, /\(no room\), and what was there before is in .*before-restore-/],
  ])('of what can not be moved into its place fails; what was there is %s', async (_what, goesOn, message) => {
    await hubs[0]?.stop();
    const before = (await readdir(at('hub'))).sort();
    let isFailing = false;
    const rename = (from: string, to: string): void => {
      isFailing = (isFailing && goesOn) || /restoring-[^/]*.store$/.test(from);
      if (isFailing) throw new Error('no room');
      renameSync(from, to);
    };
    const options = { file: at('hub.backup'), directory: at('hub'), force: true, now: () => Date.now() };
    await expect(restoreDirectory(options, rename)).rejects.toThrow(message);
    const after = await readdir(at('hub'));
    if (goesOn) expect(after.filter((name) => name.startsWith('before-restore-'))).toHaveLength(1);
    else expect(after.sort()).toEqual(before);
    if (!goesOn) expect(await names(await start('hub'))).toEqual(['one']);
  });

  test('fails where there is no place to move aside to, and names none', async () => {
    await hubs[0]?.stop();
    const aside = path.join(at('hub'), 'before-restore-1970-01-01T00-00-00-000Z');
    await mkdir(aside);
    const before = (await readdir(at('hub'))).sort();
    const options = { file: at('hub.backup'), directory: at('hub'), force: true, now: () => 0 };
    await expect(restoreDirectory(options)).rejects.toThrow(/^EEXIST/);
    expect((await readdir(at('hub'))).sort()).toEqual(before);
    expect(await names(await start('hub'))).toEqual(['one']);
  });

  test.each([
    ['cut off', async (file: string) => truncate(file, (await stat(file)).size - 9)],
    ['bent', async (file: string) => bend(file)],
    ['another', async (file: string) => writeFile(file, 'another')],
  ])('refuses a file that is %s, by its name, and leaves nothing', async (_what, spoil) => {
    await spoil(at('hub.backup'));
    await mkdir(at('there'));
    const before = await readdir(dir);
    for (const name of ['again', 'deep/er/again', 'there'])
      await expect(restore(name)).rejects.toThrow(/^.*hub\.backup: .*backup/);
    expect(await readdir(dir)).toEqual(before);
    expect(await readdir(at('there'))).toEqual([]);
  });
});

async function bend(file: string): Promise<void> {
  const bytes = await readFile(file);
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 4, middle);
  await writeFile(file, bytes);
}

test('a place where no backup can be written, and what is none, are told in words', async () => {
  const hub = await start('hub');
  const nowhere = at('nowhere/hub.backup');
  await expect(backup(hub, nowhere)).rejects.toThrow(`can't write ${nowhere}.partial: there is no such file`);
  await mkdir(at('hub.backup'));
  await expect(restore('again')).rejects.toThrow('it is not a file');
  await expect(
    runRestore([at('hub/admin.kubeconfig'), '--data-dir', at('hub/admin.kubeconfig')], newContext(), () => 0),
  ).rejects.toThrow("admin.kubeconfig can't be used: there is a file of that name");
});
