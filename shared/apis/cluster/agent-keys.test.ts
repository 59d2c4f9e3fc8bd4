import { describe, expect, test } from 'vitest';
import {
  type AgentKeys,
  isRevoked,
  lastRevokedEnd,
  NO_AGENT_KEYS,
  readAgentKeys,
  recordEnd,
  renderAgentKeys,
  withAgentKey,
  withIssuedKey,
  withRevokedKeys,
} from './agent-keys.ts';

const NOW = Date.UTC(2026, 0, 1);
const [a, b] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];
const two = withAgentKey(withAgentKey(NO_AGENT_KEYS, a, NOW + 1000, NOW), b, NOW + 2000, NOW);

describe('the record of keys', () => {
  test('is read back as it was written, in names that a ConfigMap may have', () => {
    const record = withRevokedKeys(two, NOW, b);
    const data = renderAgentKeys(record);
    expect(readAgentKeys({ data })).toEqual(record);
    for (const name of Object.keys(data)) expect(name).toMatch(/^[-._a-zA-Z0-9]+$/);
  });

  test('says what the signer gave, and when it ends for good', () => {
    const shorter = withIssuedKey(two, b, { from: NOW - 300, until: NOW + 1500 });
    expect(shorter.keys[b]).toMatchObject({ until: NOW + 1500, asked: NOW + 2000 });
    expect(readAgentKeys({ data: renderAgentKeys(shorter) })).toEqual(shorter);
    const longer = withIssuedKey(shorter, b, { from: NOW, until: NOW + 9000 });
    expect(longer.keys[b]?.until).toBe(NOW + 9000);
    const again = withIssuedKey(withAgentKey(longer, b, NOW + 3000, NOW), b, { from: NOW + 1, until: NOW + 3000 });
    expect(again.keys[b]?.until).toBe(NOW + 9000);
    expect(withIssuedKey(NO_AGENT_KEYS, a, { from: NOW, until: NOW + 1 })).toEqual(NO_AGENT_KEYS);
    expect(recordEnd(longer)).toBe(NOW + 9000);
    expect(recordEnd(withRevokedKeys(longer, NOW))).toBe(NOW + 366 * 24 * 3600_000);
  });

  test('that can not be read is an error and not an empty one', () => {
    expect(() => readAgentKeys({ data: { [`sha256-${'a'.repeat(64)}`]: 'what' } })).toThrow();
  });

  test('keeps a revoked key revoked when it is certified again', () => {
    const record = withAgentKey(withRevokedKeys(two, NOW), a, NOW + 9000, NOW);
    expect(isRevoked(record, a, NOW + 1)).toBe(true);
  });

  test('forgets keys whose certificates have ended', () => {
    expect(Object.keys(withAgentKey(two, b, NOW + 5000, NOW + 1500).keys)).toEqual([b]);
  });

  test('says when the last revoked certificate ends', () => {
    expect(lastRevokedEnd(two, NOW)).toBeUndefined();
    expect(lastRevokedEnd(withRevokedKeys(two, NOW), NOW)).toBe(NOW + 2000);
    expect(lastRevokedEnd(withRevokedKeys(two, NOW, b), NOW)).toBe(NOW + 1000);
  });

  test.each<[string, AgentKeys, number, boolean]>([
    ['of no record', NO_AGENT_KEYS, NOW, false],
    ['from before a revocation', withRevokedKeys(NO_AGENT_KEYS, NOW), NOW - 1, true],
    ['from after it', withRevokedKeys(NO_AGENT_KEYS, NOW), NOW + 1, false],
  ])('judges an unknown key %s by its beginning', (_, record, notBefore, expected) => {
    expect(isRevoked(record, a, notBefore)).toBe(expected);
  });
});
