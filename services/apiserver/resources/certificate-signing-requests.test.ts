import { describe, expect, test } from 'vitest';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { certificateSigningRequestStrategy as strategy } from './certificate-signing-requests.ts';
import { stamped } from './signing-request-status.ts';

const request = Buffer.from('-----BEGIN CERTIFICATE REQUEST-----').toString('base64');
const newCsr = (usages: string[], conditions: object[] = []): Unstructured => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: 'c' },
  spec: { request, signerName: 'example.com/s', usages },
  status: { conditions },
});
/** So long that looking through a list for each of its items would not end. */
const LENGTH = 40_000;
const repeat = (...items: string[]): string[] => Array.from({ length: LENGTH / items.length }, () => items).flat();

describe('usages of a certificate', () => {
  test('come once each, however many are asked for', () => {
    const causes = strategy.validateCreate?.(newCsr(repeat('client auth', 'server auth'))) ?? [];
    expect(causes).toHaveLength(LENGTH - 2);
    expect(causes[0]).toEqual({
      reason: 'FieldValueDuplicate',
      message: 'Duplicate value: "client auth"',
      field: 'spec.usages[2]',
    });
    expect(strategy.validateCreate?.(newCsr(['x', 'x']))?.map(({ field, reason }) => [field, reason])).toEqual([
      ['spec.usages[0]', 'FieldValueNotSupported'],
      ['spec.usages[1]', 'FieldValueNotSupported'],
      ['spec.usages[1]', 'FieldValueDuplicate'],
    ]);
  });

  test.each([[['client auth', 'client auth']], [['x']]])(
    'that were stored do not keep it from changing: %j',
    (usages) => {
      expect(strategy.validateCreate?.(newCsr(usages))).not.toEqual([]);
      expect(strategy.validateUpdate?.(newCsr(usages), newCsr(usages))).toEqual([]);
    },
  );

  test('are still there when it changes', () => {
    expect(strategy.validateUpdate?.(newCsr([]), newCsr([]))).toMatchObject([{ field: 'spec.usages' }]);
  });
});

describe('the text of a request', () => {
  const withText = (bytes: number): Unstructured => {
    const text = '-----BEGIN CERTIFICATE REQUEST-----'.padEnd(bytes);
    const csr = newCsr(['client auth']);
    return { ...csr, spec: { ...(csr['spec'] as object), request: Buffer.from(text).toString('base64') } };
  };

  test('has 64 KiB at most when it is made, and is not shown where it has more', () => {
    expect(strategy.validateCreate?.(withText(65_536))).toEqual([]);
    expect(strategy.validateCreate?.(withText(65_537))).toEqual([
      { reason: 'FieldValueTooLong', message: 'Too long: may not be more than 65536 bytes', field: 'spec.request' },
    ]);
  });

  test('that was stored longer does not keep it from changing', () => {
    expect(strategy.validateUpdate?.(withText(65_537), withText(65_537))).toEqual([]);
  });
});

describe('conditions of a certificate', () => {
  const conditions = Array.from({ length: LENGTH }, (_, n) => ({
    type: `t${n}`,
    status: 'True',
    lastTransitionTime: `then ${n}`,
  }));

  test('come once of each type', () => {
    const csr = newCsr([], [...conditions, { type: 't0', status: 'True' }]);
    expect(strategy.validateSubresource?.(csr, newCsr([]), 'status')).toEqual([
      { reason: 'FieldValueDuplicate', message: 'Duplicate value: "t0"', field: `status.conditions[${LENGTH}].type` },
    ]);
  });

  test('keep the time at which they came to be, unless their status changes', () => {
    const old = newCsr([], conditions);
    const next = conditions.map(({ type }, n) => ({ type, status: n === 0 ? 'False' : 'True' }));
    const times = stamped(next, old, 0).map(({ lastTransitionTime }) => lastTransitionTime);
    const expected = ['1970-01-01T00:00:00Z', ...conditions.slice(1).map((one) => one.lastTransitionTime)];
    expect(times.join()).toBe(expected.join());
  });
});
