import { describe, expect, test } from 'vitest';
import { DEFAULT_SIGNING_POLICY, signClientCertificate } from './signing-policy.ts';

const now = Date.UTC(2026, 0, 1);
const minute = 60_000;
const hour = 60 * minute;
const request = {
  subject: { commonName: 'u', organizations: [] },
  publicKey: new Uint8Array([1]),
  usages: ['digital signature', 'client auth'],
};

describe('the signing policy', () => {
  test.each([
    ['30 minutes', 1800, 1000 * hour, 30 * minute],
    ['one second, raised to the least length', 1, 1000 * hour, 10 * minute],
    ['a day, with the backdate taken off its end', 86_400, 1000 * hour, 24 * hour - 5 * minute],
    ['ten years, cut to the policy', 315_360_000, 1e6 * hour, 365 * 24 * hour - 5 * minute],
    ['no length, so the policy’s', undefined, 1e6 * hour, 365 * 24 * hour - 5 * minute],
    ['a day, cut to what the authority has left', 86_400, hour, hour],
  ])('gives %s', (_what, expirationSeconds, caLeft, expected) => {
    const asked = expirationSeconds === undefined ? request : { ...request, expirationSeconds };
    const decision = signClientCertificate(asked, DEFAULT_SIGNING_POLICY, { notAfter: now + caLeft }, now);
    expect(decision).toEqual({
      template: { ...request, notBefore: now - 5 * minute, notAfter: now + expected },
    });
  });

  test.each([
    [
      'server auth',
      [...request.usages, 'server auth'],
      now + hour,
      'invalid usage for client certificate: server auth',
    ],
    ['no client auth', ['digital signature'], now + hour, 'missing required usage for client certificate: client auth'],
    ['an expired authority', request.usages, now, 'the signing CA certificate has expired'],
  ])('refuses %s', (_what, usages, notAfter, message) => {
    const decision = signClientCertificate({ ...request, usages }, DEFAULT_SIGNING_POLICY, { notAfter }, now);
    expect(decision).toMatchObject({ refusal: { message } });
  });
});
