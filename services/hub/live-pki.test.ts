import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeClock, newFakeClock } from '../../shared/controller/fake-clock.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { isIssuedBy, readCertificate } from '../../shared/pki/certificate-info.ts';
import { decodePem, pemBlocks } from '../../shared/pki/pem.ts';
import { newKey, publicKeyDer } from '../../shared/pki/private-key.ts';
import { issueCertificate } from '../../shared/pki/x509.ts';
import { allOf, newAuthorityCheck } from './ca/authority-check.ts';
import { forgetOthers, publishNext, switchToNext } from './ca/ca-files.ts';
import { takeCaStep } from './ca/ca-steps.ts';
import { type HubPki, loadHubPki } from './hub-pki.ts';
import { type LivePki, newLivePki } from './live-pki.ts';

const DAY_MS = 24 * 3600_000;
let directory: string;
let clock: FakeClock;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'pullet-pki-'));
  clock = newFakeClock();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const load = (): Promise<HubPki> => loadHubPki({ directory, hosts: ['127.0.0.1'], now: clock.now() });
const live = (): Promise<LivePki> => newLivePki({ load, clock, log: silentLogger });
const endOf = ({ serving }: HubPki): number => readCertificate(serving.certPem).notAfter;

/** Keys are made in real time, whatever the clock says: it is moved on until they are there. */
async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(() => clock.advance(6 * 3600_000).then(isSo)).toBe(true);
}

describe("the hub's own certificates", () => {
  test('for other addresses take the place of the former one', async () => {
    const filesOf = async () => (await readdir(directory)).filter((file) => file.startsWith('serving-'));
    await load();
    const former = await filesOf();
    await loadHubPki({ directory, hosts: ['127.0.0.1', 'hub.example.com'], now: clock.now() });
    const now = await filesOf();
    expect([former.length, now.length]).toEqual([1, 1]);
    expect(now).not.toEqual(former);
  });

  test('are renewed a month before their end, while it runs, and whoever serves with them is told', async () => {
    const pki = await live();
    const first = pki.current();
    const told: HubPki[] = [];
    pki.follow((keys) => void told.push(keys));
    const stopping = new AbortController();
    await clock.advance(330 * DAY_MS);
    await pki.reload();
    expect(told).toEqual([]);
    await clock.advance(5 * DAY_MS);
    const running = pki.keepRenewing(stopping.signal);
    await until(() => told.length > 0);
    expect(endOf(pki.current())).toBeGreaterThan(endOf(first) + 300 * DAY_MS);
    expect(pki.current().caPem).toBe(first.caPem);
    expect(endOf(await load())).toBe(endOf(pki.current()));
    stopping.abort();
    await clock.advance(0);
    await running;
  });

  test('that end with their authority are not made again and again', async () => {
    const pki = await live();
    await clock.advance(3640 * DAY_MS);
    const { serving } = await pki.reload();
    await clock.advance(DAY_MS);
    expect((await pki.reload()).serving).toEqual(serving);
  });

  test('a follower that failed is told again', async () => {
    const pki = await live();
    let tries = 0;
    pki.follow(() => {
      if (++tries === 1) throw new Error('no disk');
    });
    await expect(pki.reload(() => publishNext(directory, clock.now()))).rejects.toThrow('no disk');
    await pki.reload();
    expect(tries).toBe(2);
    await pki.reload();
    expect(tries).toBe(2);
  });
});

describe('another authority', () => {
  test('is published, signs, and is alone, in files that nobody else may read', async () => {
    const first = await load();
    await publishNext(directory, clock.now());
    const published = await load();
    expect(published).toMatchObject({ ca: { certificatePem: first.caPem }, serving: first.serving });
    expect(pemBlocks(published.caPem, 'CERTIFICATE')).toHaveLength(2);
    await switchToNext(directory, published.authorities);
    const switched = await load();
    expect(switched.caPem).toBe(switched.ca.certificatePem + first.caPem);
    expect(isIssuedBy(switched.serving.certPem, switched.ca.certificatePem)).toBe(true);
    expect(isIssuedBy(switched.admin.certPem, switched.ca.certificatePem)).toBe(true);
    forgetOthers(directory);
    expect((await load()).caPem).toBe(switched.ca.certificatePem);
    for (const file of await readdir(directory)) {
      expect((await stat(path.join(directory, file))).mode & 0o077, file).toBe(0);
    }
  });

  test.each([
    ['after the first file', 'ca-former.pem', 'published'],
    ['after the second', 'ca.pem', 'switched'],
  ])('a switch that was broken off %s loses none, and can be done again', async (_, lastWritten, stage) => {
    await load();
    await publishNext(directory, clock.now());
    const published = await load();
    const { signing, other } = published.authorities;
    await breakOff(lastWritten, published);
    const found = await load();
    expect(found.authorities.stage).toBe(stage);
    expect([...pemBlocks(found.caPem, 'CERTIFICATE')].sort()).toEqual(
      [...pemBlocks(published.caPem, 'CERTIFICATE')].sort(),
    );
    if (stage === 'published') await switchToNext(directory, found.authorities);
    const { authorities } = await load();
    expect(authorities.signing.certificatePem).toBe(other?.certificatePem);
    expect(authorities.other?.certificatePem).toBe(signing.certificatePem);
  });

  /** The files as `switchToNext` leaves them when the process ends after this one. */
  async function breakOff(lastWritten: string, { authorities }: HubPki): Promise<void> {
    const { copyFile } = await import('node:fs/promises');
    const at = (name: string): string => path.join(directory, name);
    await copyFile(at('ca.pem'), at('ca-former.pem'));
    if (lastWritten === 'ca-former.pem') return;
    expect(authorities.other).toBeDefined();
    await copyFile(at('ca-next.pem'), at('ca.pem'));
  }

  test('is not taken up before agents know it, nor the old one dropped before they have a certificate of it', async () => {
    const pki = await live();
    const [signs, next] = ['sha256:old', 'sha256:next'];
    const agents = [{ cluster: 'm1', trusted: [signs], issuer: signs }];
    const deps = { pki, directory, listAgents: async () => agents, now: () => clock.now() };
    const step = (...args: [Parameters<typeof takeCaStep>[1], boolean?]) => takeCaStep(deps, args[0], args[1] === true);
    await expect(step('switch')).rejects.toThrow('ca rotate comes first');
    const published = await step('rotate');
    expect(published).toMatchObject({ stage: 'published', agents: 1, waitsFor: ['m1'] });
    await expect(step('rotate')).rejects.toThrow('ca switch comes next');
    await expect(step('switch')).rejects.toThrow('could not connect again: m1.');
    const pins = Object.fromEntries(published.authorities.map(({ role, pin }) => [role, pin]));
    agents[0] = {
      cluster: 'm1',
      trusted: [pins['signs'] ?? signs, pins['next'] ?? next],
      issuer: pins['signs'] ?? signs,
    };
    expect(await step('switch')).toMatchObject({ stage: 'switched', waitsFor: ['m1'] });
    await expect(step('finish')).rejects.toThrow('would be refused: m1.');
    agents[0] = { ...agents[0], issuer: pins['next'] ?? next };
    expect(await step('finish')).toMatchObject({ stage: 'single', authorities: [{ pin: pins['next'] }] });
    agents[0] = { cluster: 'm1', trusted: [], issuer: '' };
    await step('rotate');
    expect(await step('cancel')).toMatchObject({ stage: 'single', authorities: [{ pin: pins['next'] }] });
    await step('rotate');
    expect(await step('switch', true)).toMatchObject({ stage: 'switched' });
  });

  test('that signs already though its step failed later is not taken back by a step that was meant for before', async () => {
    let isFull = false;
    const failing = async (): Promise<HubPki> => {
      if (isFull) throw new Error('no space left on device');
      return load();
    };
    const pki = await newLivePki({ load: failing, clock, log: silentLogger });
    const former = pki.current().ca.certificatePem;
    const deps = { pki, directory, listAgents: async () => [], now: () => clock.now() };
    await takeCaStep(deps, 'rotate', false);
    const told: string[] = [];
    pki.follow(({ authorities }) => void told.push(authorities.stage));
    const files = await load();
    await switchToNext(directory, files.authorities); // as far as the step came before the disk was full
    isFull = true;
    await expect(takeCaStep(deps, 'cancel', false)).rejects.toThrow('no space left');
    isFull = false;
    await expect(takeCaStep(deps, 'cancel', false)).rejects.toThrow('ca finish comes next');
    expect(told).toEqual(['switched']);
    expect((await load()).caPem).toContain(former);
  });

  test('dropped, its certificates are refused on connections that are open', async () => {
    const { ca, caPem } = await load();
    const certificate = {
      commonName: 'x',
      organizations: [],
      notAfterMs: 0,
      raw: decodePem(await clientCertificate(ca), 'CERTIFICATE') ?? new Uint8Array(),
    };
    let bundle = caPem;
    const check = newAuthorityCheck(() => bundle);
    const all = allOf({ refusal: () => undefined, onChange: () => () => {} }, check);
    let looks = 0;
    all.onChange(certificate, () => looks++);
    expect(all.refusal(certificate)).toBeUndefined();
    await publishNext(directory, clock.now());
    await switchToNext(directory, (await load()).authorities);
    bundle = (await load()).caPem;
    expect(all.refusal(certificate)).toBeUndefined();
    bundle = (await load()).ca.certificatePem;
    check.changed();
    expect(looks).toBe(1);
    expect(all.refusal(certificate)).toContain('no longer');
  });
});

async function clientCertificate(ca: HubPki['ca']): Promise<string> {
  return issueCertificate(ca, {
    subject: { commonName: 'x', organizations: [] },
    publicKey: publicKeyDer(await newKey()),
    usages: ['client auth'],
    notBefore: clock.now(),
    notAfter: clock.now() + DAY_MS,
  });
}
