import { beforeEach, expect, test } from 'vitest';
import { type ConfigMap, configMaps } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { newCa } from '../../shared/pki/x509.ts';
import { newAuthorityReport } from './authority-report.ts';
import { type AuthoritiesDeps, takeUpAuthorities } from './hub-authorities.ts';
import { type HubCredentials, newHubCredentials } from './hub-credentials.ts';
import { renderHubKubeconfig } from './hub-kubeconfig.ts';
import { hubCredentialIn, type KubeconfigPlace } from './kubeconfig-place.ts';

const NOW = Date.UTC(2026, 0, 1);
const [old, next] = await Promise.all(
  ['old', 'next'].map(async (commonName) => (await newCa({ commonName, days: 400, now: NOW })).certificatePem),
);
const OLD = old ?? '';
const NEXT = next ?? '';
const signal = new AbortController().signal;

let hub: FakeKube;
let credentials: HubCredentials;
let stored: string;
let asked: string[];
/** By which of the authorities asked with the hub can be verified. */
let vouches: (caPem: string) => boolean;
let deps: AuthoritiesDeps;

function publish(caPem: string): void {
  const data = Buffer.from(caPem).toString('base64');
  const kubeconfig = `clusters:\n- cluster:\n    certificate-authority-data: ${data}\n    server: https://hub:6443\n  name: ""\n`;
  const metadata = { name: 'cluster-info', namespace: 'kube-public' };
  hub.put(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { kubeconfig } } as ConfigMap);
}

function newAnonymousHub(caPem: string): KubeClient {
  asked.push(caPem);
  const refuse = async () => Promise.reject(new Error('not trusted here'));
  return { ...hub.client, ...(vouches(caPem) ? {} : { get: refuse }), close: async () => undefined };
}

beforeEach(() => {
  [hub, asked, vouches] = [newFakeKube(), [], () => true];
  const agent = { certPem: OLD, keyPem: 'secret' };
  credentials = newHubCredentials(agent, OLD);
  stored = renderHubKubeconfig({ server: 'https://hub:6443', caPem: OLD, clusterName: 'm1', ...agent });
  const place: KubeconfigPlace = {
    name: 'place',
    read: async () => stored,
    change: async (edit) => {
      stored = await edit(stored);
    },
  };
  deps = { credentials, place, newAnonymousHub, clock: newFakeClock(NOW), log: silentLogger };
});

const takeUp = () => takeUpAuthorities(deps, {}, signal);

test('a bundle that the hub publishes is stored, and then trusted', async () => {
  publish(OLD.trimEnd() + NEXT);
  expect(await takeUp()).toBe(true);
  expect(asked).toEqual([OLD, OLD + NEXT]);
  expect(credentials.trusted()).toBe(OLD + NEXT);
  expect((await hubCredentialIn(stored, { name: 'x' })).caPem).toBe(OLD + NEXT);
  expect(await takeUp()).toBe(false);
});

test('another order is another bundle: the first is whose certificates the hub gives out', async () => {
  credentials.trust(OLD + NEXT);
  publish(NEXT + OLD);
  expect(await takeUp()).toBe(true);
  expect(credentials.trusted()).toBe(NEXT + OLD);
});

test('an authority by which the hub can not be verified now is refused, for it would cut the agent off', async () => {
  publish(NEXT);
  vouches = (caPem) => caPem.includes(OLD);
  await expect(takeUp()).rejects.toThrow('do not vouch for the hub');
  expect(credentials.trusted()).toBe(OLD);
  expect((await hubCredentialIn(stored, { name: 'x' })).caPem).toBe(OLD);
});

test('one that can not be stored is not trusted', async () => {
  publish(OLD + NEXT);
  deps.place.change = async () => Promise.reject(new Error('read-only'));
  await expect(takeUp()).rejects.toThrow('read-only');
  expect(credentials.trusted()).toBe(OLD);
});

test.each([
  ['without a cluster-info', () => undefined],
  ['whose cluster-info names none', () => publish('')],
])('a hub %s changes nothing', async (_, prepare) => {
  prepare();
  expect(await takeUp()).toBe(false);
});

test('the report for the lease names who is trusted and who issued the certificate', () => {
  const report = newAuthorityReport(credentials);
  credentials.trust(NEXT + OLD);
  const { 'pullet.io/trusted-authorities': trusted = '', 'pullet.io/certificate-authority': issuer } = report();
  expect(trusted.split(',')).toHaveLength(2);
  expect(issuer).toBe(trusted.split(',')[1]);
  expect(report()).toBe(report());
});
