import type { TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import type { Caller } from './caller.ts';
import { newCallerLimits } from './caller-limits.ts';

const caller = (key: string, more: Partial<Caller> = {}): Caller => ({
  credentials: { connection: {} as TLSSocket },
  key,
  address: 'address:10.0.0.1',
  hasVerifiedCertificate: false,
  ...more,
});

const newLimits = (requestsPerSecond = 1000) => newCallerLimits({ requestsPerSecond, burst: 1000 }, () => 0);

/** As many tokens as it takes until the address is shut. */
function guess(limits: ReturnType<typeof newLimits>, times: number): void {
  for (let i = 0; i < times; i++) limits.ended(caller(`token:${i}`), 401);
}

describe('an address from which tokens are guessed', () => {
  test('is shut to who is not known', () => {
    const limits = newLimits();
    guess(limits, 19);
    limits.admit(caller('token:next'));
    guess(limits, 1);
    expect(() => limits.admit(caller('token:next'))).toThrow(/come back in 1 s/);
    limits.admit(caller('token:next', { address: 'address:10.0.0.2' }));
  });

  test('stays open to a certificate, and to a token that was good before', () => {
    const limits = newLimits();
    limits.ended(caller('token:good'), 200);
    guess(limits, 20);
    limits.admit(caller('token:good'));
    limits.admit(caller('certificate:1', { hasVerifiedCertificate: true }));
  });

  test.each([400, 403, 404, 415])('takes no status %d for a sign that a token is good', (status) => {
    const limits = newLimits();
    limits.ended(caller('token:guess'), status);
    guess(limits, 20);
    expect(() => limits.admit(caller('token:guess'))).toThrow(/come back/);
  });

  test('a token that has become bad is not known any more', () => {
    const limits = newLimits();
    limits.ended(caller('token:good'), 200);
    limits.ended(caller('token:good'), 401);
    guess(limits, 19);
    expect(() => limits.admit(caller('token:good'))).toThrow(/come back/);
  });
});
