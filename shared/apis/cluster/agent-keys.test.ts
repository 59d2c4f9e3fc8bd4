import { describe, expect, test } from 'vitest';
import {
  type AgentKeys,
  isRevoked,
  lastRevokedEnd,
  NO_AGENT_KEYS,
  readAgentKeys,
  recordEnd,
  renderAgentKeys,
  tooManyKeys,
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

  test('has room for a revocation, however many keys somebody has put on it', () => {
    const pins = Array.from({ length: 7000 }, (_, n) => `sha256:${String(n).padStart(64, '0')}`);
    const full: AgentKeys = {
      keys: Object.fromEntries(pins.map((pin, n) => [pin, { until: NOW + 1 + n, isRevoked: n % 2 === 0 }])),
    };
    const record = withRevokedKeys(full, NOW);
    expect(JSON.stringify(renderAgentKeys(record)).length).toBeLessThan(10_000);
    expect(pins.every((pin) => isRevoked(record, pin, NOW - 1))).toBe(true);
    expect(lastRevokedEnd(record, NOW)).toBe(NOW + 7000);
    expect(withRevokedKeys(full, NOW, pins[0]).keys[pins[0] ?? '']).toEqual({ until: NOW + 1, isRevoked: true });
    expect(withRevokedKeys(record, NOW)).toEqual(record);
  });

  test('takes some twenty keys that are good at once, and more when they have ended or are revoked', () => {
    const pins = Array.from({ length: 20 }, (_, n) => `sha256:${n}`);
    const grown = (count: number) =>
      pins.slice(0, count).reduce((record, pin, n) => withAgentKey(record, pin, NOW + 1000 + n, NOW), NO_AGENT_KEYS);
    expect(tooManyKeys(grown(19), a, NOW)).toBeUndefined();
    expect(tooManyKeys(grown(20), a, NOW)).toBe(
      '20 keys of its agent have certificates that are still good, and no more are certified before the first ends at 2026-01-01T00:00:01.000Z',
    );
    expect(tooManyKeys(grown(20), 'sha256:3', NOW)).toBeUndefined();
    expect(tooManyKeys(grown(20), a, NOW + 1000)).toBeUndefined();
    expect(tooManyKeys(withRevokedKeys(grown(20), NOW, 'sha256:3'), a, NOW)).toBeUndefined();
  });

  test.each<[string, AgentKeys, number, boolean]>([
    ['of no record', NO_AGENT_KEYS, NOW, false],
    ['from before a revocation', withRevokedKeys(NO_AGENT_KEYS, NOW), NOW - 1, true],
    ['from after it', withRevokedKeys(NO_AGENT_KEYS, NOW), NOW + 1, false],
  ])('judges an unknown key %s by its beginning', (_, record, notBefore, expected) => {
    expect(isRevoked(record, a, notBefore)).toBe(expected);
  });
});
