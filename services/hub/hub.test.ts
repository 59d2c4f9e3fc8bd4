import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configMaps } from '../../shared/apis/core/v1.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { type Hub, startHub } from './hub.ts';
import { parseHubOptions } from './options.ts';

let dir: string;
let hubs: Hub[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'pullet-hub-'));
});

afterEach(async () => {
  for (const hub of hubs) await hub.stop();
  hubs = [];
  await rm(dir, { recursive: true, force: true });
});

async function start(flags: Record<string, string> = {}): Promise<Hub> {
  const all = { 'data-dir': path.join(dir, 'hub'), listen: '127.0.0.1:0', ...flags };
  const args = Object.entries(all).map(([name, value]) => `--${name}=${value}`);
  const options = parseHubOptions(args, {});
  if (!options) throw new Error('help');
  const hub = await startHub(options, { clock: systemClock, log: silentLogger });
  hubs.push(hub);
  return hub;
}

async function get(hub: Hub, urlPath: string): Promise<string> {
  const { transport } = await loadKubeconfig({ path: hub.adminKubeconfig });
  const client = newKubeClient({ transport: newHttpTransport(transport) });
  try {
    return await client.raw({ method: 'GET', path: urlPath });
  } finally {
    await client.close();
  }
}

describe('a hub', () => {
  test('that starts for the first time has private keys, a kubeconfig that works, and is ready', async () => {
    const hub = await start();
    expect(await get(hub, '/readyz')).toBe('ok');
    expect(JSON.parse(await get(hub, '/version'))).toMatchObject({ major: '1' });
    expect(await get(hub, '/metrics')).toContain('apiserver_request_total');
    for (const file of await readdir(path.join(dir, 'hub'), { recursive: true })) {
      const { mode } = await stat(path.join(dir, 'hub', file));
      expect((mode & 0o077).toString(8), file).toBe('0');
    }
  });

  test('that starts again keeps its authority and its objects', async () => {
    const first = await start();
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept', namespace: 'default' } };
    const { metadata } = await first.client.create(configMaps, object);
    await first.stop();
    await first.ended;
    const second = await start();
    expect(second.caPem).toBe(first.caPem);
    const again = await second.client.get(configMaps, { name: 'kept', namespace: 'default' });
    expect(again.metadata).toMatchObject({ uid: metadata.uid, resourceVersion: metadata.resourceVersion });
  });

  test('tells members the advertised address, in cluster-info and in the certificate', async () => {
    const hub = await start({ 'advertise-address': 'hub.example.com:7443' });
    expect(hub.server).toBe('https://hub.example.com:7443');
    const { data } = await hub.client.get(configMaps, { namespace: 'kube-public', name: 'cluster-info' });
    expect(data?.['kubeconfig']).toContain('server: https://hub.example.com:7443');
  });

  test('that moves to another address says so in cluster-info', async () => {
    await (await start({ 'advertise-address': 'old.example.com' })).stop();
    const hub = await start({ 'advertise-address': 'new.example.com' });
    const { data } = await hub.client.get(configMaps, { namespace: 'kube-public', name: 'cluster-info' });
    expect(data?.['kubeconfig']).toContain('server: https://new.example.com');
    expect(data?.['kubeconfig']).not.toContain('old.example.com');
  });

  test('refuses a directory that another hub has open, and does not disturb it', async () => {
    const hub = await start();
    await expect(start()).rejects.toThrow(/in use by process/);
    expect(await get(hub, '/readyz')).toBe('ok');
  });

  test('refuses a directory of somebody else and changes nothing in it', async () => {
    const foreign = path.join(dir, 'photos');
    await mkdir(foreign);
    await writeFile(path.join(foreign, 'cat.jpg'), 'meow');
    await expect(start({ 'data-dir': foreign })).rejects.toThrow(/photos is not empty and is not a hub's/);
    expect(await readdir(foreign)).toEqual(['cat.jpg']);
  });

  test('refuses a directory below a file', async () => {
    await writeFile(path.join(dir, 'file'), '');
    await expect(start({ 'data-dir': path.join(dir, 'file', 'hub') })).rejects.toThrow(
      /can't be used: a part of the path/,
    );
  });

  test('refuses a port that is in use, and lets go of its directory', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(start({ listen: `127.0.0.1:${port}` })).rejects.toThrow(/port is in use/);
    other.close();
    const hub = await start();
    expect(await get(hub, '/livez')).toBe('ok');
  });

  test('refuses a damaged key and leaves it as it is', async () => {
    await (await start()).stop();
    const ca = path.join(dir, 'hub', 'pki', 'ca.pem');
    await writeFile(ca, 'nonsense');
    await expect(start()).rejects.toThrow(/ca\.pem is damaged/);
    expect(await readFile(ca, 'utf8')).toBe('nonsense');
  });

  test('of which a kubeconfig does not exist says which', async () => {
    const options = parseHubOptions([`--kubeconfig=${path.join(dir, 'nope')}`], {});
    if (!options) throw new Error('help');
    await expect(startHub(options, { clock: systemClock, log: silentLogger })).rejects.toThrow(
      /nope: there is no such file/,
    );
    expect(existsSync(path.join(dir, 'nope'))).toBe(false);
  });
});
