import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AgentKeys,
  agentKeysKey,
  NO_AGENT_KEYS,
  renderAgentKeys,
  withAgentKey,
  withRevokedKeys,
} from '../../shared/apis/cluster/agent-keys.ts';
import { spkiPin } from '../../shared/pki/ca-pin.ts';
import { newKey, publicKeyDer } from '../../shared/pki/private-key.ts';
import { issueCertificate, newCa } from '../../shared/pki/x509.ts';
import type { VerifiedCertificate } from '../apiserver/request.ts';
import type { Storage } from '../storage/backend.ts';
import { newMemoryStorage } from '../storage/memory-backend.ts';
import { type AgentCredentials, newAgentCredentials } from './agent-credentials.ts';

const NOW = Date.UTC(2026, 0, 1);
const ca = await newCa({ commonName: 'hub', days: 10, now: NOW });
const publicKey = publicKeyDer(await newKey());
const PIN = spkiPin(publicKey);

async function certify(commonName: string, organization: string): Promise<VerifiedCertificate> {
  const subject = { commonName, organizations: [organization] };
  const [notBefore, notAfterMs] = [NOW, NOW + 3600_000];
  const pem = await issueCertificate(ca, {
    subject,
    publicKey,
    usages: ['client auth'],
    notBefore,
    notAfter: notAfterMs,
  });
  const raw = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return { commonName, organizations: [organization], raw, notAfterMs };
}

const agent = await certify('system:karmada:agent:m1', 'system:karmada:agents');
const good = withAgentKey(NO_AGENT_KEYS, PIN, NOW + 3600_000, NOW);

let storage: Storage;
let credentials: AgentCredentials;

beforeEach(() => {
  storage = newMemoryStorage();
  credentials = newAgentCredentials(storage);
});
afterEach(() => credentials.close());

async function put(record: AgentKeys | string, cluster = 'm1'): Promise<void> {
  const { namespace, name } = agentKeysKey(cluster);
  const key = `/core/configmaps/${namespace}/${name}`;
  const data = typeof record === 'string' ? { [PIN.replace(':', '-')]: record } : renderAgentKeys(record);
  const value = Buffer.from(
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data }),
  );
  await storage.put(key, storage.get(key)?.modRevision ?? 0, () => value);
}

describe("an agent's certificate", () => {
  test('is good without a record, and as long as its key is good on it', async () => {
    expect(credentials.refusal(agent)).toBeUndefined();
    await put(good);
    expect(credentials.refusal(agent)).toBeUndefined();
  });

  test('is refused from the moment that its key is revoked, and whoever listens is told', async () => {
    await put(good);
    expect(credentials.refusal(agent)).toBeUndefined();
    let told = 0;
    const stop = credentials.onChange(agent, () => {
      told++;
    });
    await put(withRevokedKeys(good, NOW));
    expect(credentials.refusal(agent)).toBe('the credential of cluster m1 is revoked');
    await expect.poll(() => told).toBe(1);
    stop();
    await put(good);
    expect(credentials.refusal(agent)).toBeUndefined();
    expect(told).toBe(1);
  });

  test('is not looked at again for the record of another cluster', async () => {
    const told: string[] = [];
    credentials.onChange(agent, () => told.push('m1'));
    credentials.onChange(await certify('system:karmada:agent:m2', 'system:karmada:agents'), () => told.push('m2'));
    credentials.onChange(await certify('admin', 'system:karmada:agents'), () => told.push('admin'));
    await put(good, 'm2');
    await put(good);
    await expect.poll(() => told).toEqual(['m2', 'm1']);
  });

  test('that began before everything was revoked is refused, whether its key is on the record or not', async () => {
    await put(withRevokedKeys(NO_AGENT_KEYS, NOW));
    expect(credentials.refusal(agent)).toBe('the credential of cluster m1 is revoked');
    await put(withAgentKey(withRevokedKeys(NO_AGENT_KEYS, NOW), PIN, NOW + 3600_000, NOW));
    expect(credentials.refusal(agent)).toBeUndefined();
  });

  test('is refused when the record can not be read', async () => {
    await put('not what it should be');
    expect(credentials.refusal(agent)).toContain('can not be read');
  });
});

test.each([
  ['system:karmada:agent:m1', 'system:masters'],
  ['admin', 'system:karmada:agents'],
])('the record of m1 says nothing of %s in %s', async (commonName, organization) => {
  await put(withRevokedKeys(good, NOW));
  expect(credentials.refusal(await certify(commonName, organization))).toBeUndefined();
});
