import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hub, startHub } from '../../services/hub/hub.ts';
import { parseHubOptions } from '../../services/hub/options.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import { type ConfigMap, configMaps } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { clientOf } from '../framework/access.ts';
import { eventually } from '../framework/eventually.ts';
import { startHubProcess } from '../framework/hub-process.ts';
import { processFile, ROOT } from '../framework/process-file.ts';
import { newWorld, type World } from '../framework/world.ts';

/** A hub whose disk is full, whose files are damaged, whose clock jumps, or whose data directory is wanted by two. */

let world: World;

beforeAll(async () => {
  world = await newWorld();
});

afterAll(() => world.stop());

async function startLocalHub(dataDir: string, clock = systemClock): Promise<Hub> {
  const options = parseHubOptions([`--data-dir=${dataDir}`, '--listen=127.0.0.1:0'], {});
  if (!options) throw new Error('help');
  const hub = await startHub(options, { clock, log: world.log });
  world.onStop('hub', () => hub.stop());
  return hub;
}

function newConfigMap(name: string, text = 'x'): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data: { text } };
}

const namesIn = async (client: KubeClient): Promise<(string | undefined)[]> =>
  (await client.list(configMaps, { namespace: 'default' })).items.map(({ metadata }) => metadata.name);

/** A small file system of its own; false where this user may not mount one. */
function mountSmallDisk(directory: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=0700', 'tmpfs', directory], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a full disk', () => {
  test('makes the API read-only with a clear reason, loses nothing, and is recovered from without help', async (context) => {
    const dataDir = path.join(world.dir, 'hub-process');
    await mkdir(dataDir, { mode: 0o700 });
    if (!mountSmallDisk(dataDir)) return context.skip('mounting a tmpfs needs root');
    world.onStop('disk', () => void execFileSync('umount', ['-l', dataDir]));
    const hub = await startHubProcess(world);
    await writeFile(path.join(dataDir, 'ballast'), Buffer.alloc(6 << 20));
    const written: string[] = [];
    const fill = async (): Promise<void> => {
      for (let n = 0; n < 200; n++) {
        const name = `filler-${String(n).padStart(3, '0')}`;
        await hub.client.create(configMaps, newConfigMap(name, 'y'.repeat(300_000)));
        written.push(name);
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: 503, status: { kind: 'Status', reason: 'ServiceUnavailable' } });
    expect(written.length).toBeGreaterThan(10);
    await expect(hub.client.create(configMaps, newConfigMap('refused', 'y'.repeat(300_000)))).rejects.toThrow(
      'the store has no room left for this write',
    );
    expect((await namesIn(hub.client)).sort()).toEqual(written);
    const ready = hub.client.raw({ method: 'GET', path: '/readyz' });
    await expect(ready).rejects.toThrow(/storage-writable failed: the store has no room left/);
    await rm(path.join(dataDir, 'ballast'));
    await eventually('ready again', async () => (await hub.client.raw({ method: 'GET', path: '/readyz' })) === 'ok');
    await hub.client.create(configMaps, newConfigMap('again', 'y'.repeat(300_000)));
    await hub.kill();
    await hub.start();
    expect((await namesIn(hub.client)).sort()).toEqual(['again', ...written]);
    await hub.stop();
  });
});

describe('a data directory', () => {
  test('is for one hub at a time: the second says who has it and changes nothing', async () => {
    const dataDir = path.join(world.dir, 'two');
    const hub = await startLocalHub(dataDir);
    const args = [...processFile('hub'), `--data-dir=${dataDir}`, '--listen=127.0.0.1:0'];
    const second = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    second.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const [code] = await once(second, 'close');
    expect(code).toBe(1);
    expect(said).toContain(`is in use by process ${process.pid}`);
    await hub.client.create(configMaps, newConfigMap('still-works'));
    await hub.stop();
  });

  test('whose store was cut off is refused', async () => {
    const dataDir = path.join(world.dir, 'cut');
    const hub = await startLocalHub(dataDir);
    for (let n = 0; n < 30; n++) await hub.client.create(configMaps, newConfigMap(`n${n}`, 'x'.repeat(20_000)));
    await hub.stop();
    await truncate(path.join(dataDir, 'store', 'data.mdb'), 40_960);
    await expect(startLocalHub(dataDir)).rejects.toThrow('is damaged');
  });

  test('in which a value has changed serves all but that value, which it refuses by name', async () => {
    const dataDir = path.join(world.dir, 'bent');
    const first = await startLocalHub(dataDir);
    await first.client.create(configMaps, newConfigMap('good', 'unharmed'));
    await first.client.create(configMaps, newConfigMap('bad', 'TO-BE-CHANGED'));
    await first.stop();
    await bend(path.join(dataDir, 'store', 'data.mdb'), 'TO-BE-CHANGED');
    const hub = await startLocalHub(dataDir);
    const get = (name: string) => hub.client.get(configMaps, { name, namespace: 'default' });
    expect((await get('good')).data).toEqual({ text: 'unharmed' });
    const damaged = {
      code: 500,
      message: expect.stringContaining('the checksum of /core/configmaps/default/bad is wrong'),
    };
    await expect(get('bad')).rejects.toMatchObject(damaged);
    await expect(namesIn(hub.client)).rejects.toMatchObject(damaged);
    await hub.stop();
  });
});

/** One bit of every copy of this text. */
async function bend(file: string, text: string): Promise<void> {
  const bytes = await readFile(file);
  let count = 0;
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
    bytes.writeUInt8(bytes.readUInt8(at + 3) ^ 1, at + 3);
    count += 1;
  }
  expect(count).toBeGreaterThan(0);
  await writeFile(file, bytes);
}

test('a clock that jumps back by a day breaks neither writes nor versions nor leases, nor a restart', async () => {
  const dataDir = path.join(world.dir, 'clock');
  let offsetMs = 0;
  const clock = { ...systemClock, now: () => Date.now() + offsetMs };
  const first = await startLocalHub(dataDir, clock);
  const key = { name: 'tick', namespace: 'default' };
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: key, spec: { holderIdentity: 'a' } };
  let version = Number((await first.client.create(leases, lease)).metadata.resourceVersion);
  const renew = async (hub: Hub): Promise<void> => {
    const current = await hub.client.get(leases, key);
    const renewTime = new Date(clock.now()).toISOString().replace('Z', '000Z');
    const { metadata } = await hub.client.update(leases, { ...current, spec: { ...current.spec, renewTime } });
    expect(Number(metadata.resourceVersion)).toBeGreaterThan(version);
    version = Number(metadata.resourceVersion);
  };
  await renew(first);
  offsetMs = -24 * 3600_000;
  await renew(first);
  await first.stop();
  const second = await startLocalHub(dataDir, clock);
  await renew(second);
  const client = await clientOf(world, second.adminKubeconfig);
  expect(existsSync(second.adminKubeconfig)).toBe(true);
  expect((await client.get(leases, key)).metadata.resourceVersion).toBe(String(version));
  await second.stop();
});
