import { describe, expect, test } from 'vitest';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { decodeProtobuf } from './decode-object.ts';
import { ProtobufError } from './wire-reader.ts';

/** Messages built field by field, as the wire format says. */
const varint = (value: bigint): number[] => {
  const rest = BigInt.asUintN(64, value);
  return rest < 128n ? [Number(rest)] : [Number(rest & 127n) | 128, ...varint(rest >> 7n)];
};
const integer = (number: number, value: number) =>
  Buffer.from([...varint(BigInt(number * 8)), ...varint(BigInt(value))]);
const bytes = (number: number, ...content: (string | Uint8Array)[]) => {
  const body = Buffer.concat(content.map((part) => Buffer.from(part as string)));
  return Buffer.concat([Buffer.from([...varint(BigInt(number * 8 + 2)), ...varint(BigInt(body.length))]), body]);
};
const envelope = (apiVersion: string, kind: string, ...message: Uint8Array[]) =>
  Buffer.concat([Buffer.from('k8s\0'), bytes(1, bytes(1, apiVersion), bytes(2, kind)), bytes(2, ...message)]);
const named = (name: string) => bytes(1, bytes(1, name));

describe('protobuf bodies', () => {
  test.each([
    [
      'maps, bytes and what omitempty leaves out',
      envelope('v1', 'Secret', named('s'), bytes(2, bytes(1, 'k'), bytes(2, 'v')), bytes(3, ''), integer(5, 0)),
      { metadata: { name: 's' }, data: { k: 'dg==' }, immutable: false },
    ],
    [
      'times, of seconds and of microseconds',
      envelope(
        'coordination.k8s.io/v1',
        'Lease',
        bytes(1, bytes(1, 'l'), bytes(8, integer(1, 1_700_000_000))),
        bytes(2, integer(2, 40), bytes(4, integer(1, 1_700_000_000), integer(2, 5_000))),
      ),
      {
        metadata: { name: 'l', creationTimestamp: '2023-11-14T22:13:20Z' },
        spec: { leaseDurationSeconds: 40, renewTime: '2023-11-14T22:13:20.000005Z' },
      },
    ],
    [
      'a time that is none',
      envelope('v1', 'ConfigMap', bytes(1, bytes(1, 'c'), bytes(8))),
      { metadata: { name: 'c' } },
    ],
    [
      'numbers or text, and repeated messages',
      envelope(
        'v1',
        'Service',
        bytes(
          2,
          bytes(1, bytes(1, 'a'), integer(3, 80), bytes(4, integer(1, 0), integer(2, 8080))),
          bytes(1, bytes(1, 'b'), integer(3, 81), bytes(4, integer(1, 1), bytes(3, 'http'))),
        ),
      ),
      {
        spec: {
          ports: [
            { name: 'a', port: 80, targetPort: 8080 },
            { name: 'b', port: 81, targetPort: 'http' },
          ],
        },
      },
    ],
    [
      'messages that JSON inlines, quantities and negative numbers',
      envelope(
        'v1',
        'Pod',
        bytes(
          2,
          bytes(1, bytes(1, 'v'), bytes(2, bytes(2))),
          bytes(2, bytes(1, 'c'), bytes(8, bytes(1, bytes(1, 'cpu'), bytes(2, bytes(1, '500m'))))),
          integer(25, -5),
        ),
      ),
      {
        spec: {
          volumes: [{ name: 'v', emptyDir: {} }],
          containers: [{ name: 'c', resources: { limits: { cpu: '500m' } } }],
          priority: -5,
        },
      },
    ],
    [
      'lists as values of a map',
      envelope(
        'certificates.k8s.io/v1',
        'CertificateSigningRequest',
        bytes(2, bytes(1, 'PEM'), bytes(6, bytes(1, 'x'), bytes(2, bytes(1, 'a'), bytes(1, 'b'))), bytes(7, 'e.x/y')),
      ),
      { spec: { request: 'UEVN', extra: { x: ['a', 'b'] }, signerName: 'e.x/y' } },
    ],
    [
      'DeleteOptions of any group',
      envelope('apps/v1', 'DeleteOptions', integer(1, 0), bytes(4, 'Background')),
      { gracePeriodSeconds: 0, propagationPolicy: 'Background' },
    ],
    ['fields that came later', envelope('v1', 'ConfigMap', named('c'), bytes(900, 'new')), { metadata: { name: 'c' } }],
  ])('are read with %s', (_what, body, object) => {
    expect(decodeProtobuf(body)).toMatchObject(object);
    const { kind: _kind, apiVersion: _apiVersion, ...rest } = decodeProtobuf(body);
    expect(rest).toEqual(object);
  });

  test('with as many elements as a body has room for are read, each looked at once', () => {
    const containers = Buffer.alloc(800_000, bytes(2));
    const finalizers = Buffer.alloc(1_200_000, bytes(14, 'f'));
    const pod = envelope('v1', 'Pod', bytes(1, finalizers), bytes(2, containers));
    const { metadata, spec } = decodeProtobuf(pod) as {
      metadata: Unstructured['metadata'];
      spec: { containers: unknown[] };
    };
    expect(metadata.finalizers).toHaveLength(400_000);
    expect(spec.containers).toHaveLength(400_000);
  });

  const withGroups = (packed: number[]) => envelope('v1', 'Pod', bytes(2, bytes(14, bytes(4, Buffer.from(packed)))));

  test('with packed numbers are read', () => {
    expect(decodeProtobuf(withGroups([...varint(3n), ...varint(-1n), ...varint(1n << 40n)]))).toMatchObject({
      spec: { securityContext: { supplementalGroups: [3, -1, 2 ** 40] } },
    });
  });

  test.each([
    [1_000_000_000_000, '9999-12-31T23:59:59Z'],
    [2 ** 52, '9999-12-31T23:59:59Z'],
    [-(2 ** 52), '0000-01-01T00:00:00Z'],
  ])('with a time that no text can have are read with the nearest one: %d', (seconds, text) => {
    const body = envelope('v1', 'ConfigMap', bytes(1, bytes(8, integer(1, seconds))));
    expect(decodeProtobuf(body)).toMatchObject({ metadata: { creationTimestamp: text } });
  });

  test.each([
    ['without the magic number', Buffer.from('{}')],
    ['of an unknown kind', envelope('v1', 'Nothing')],
    ['that are cut off', envelope('v1', 'ConfigMap', named('long-name')).subarray(0, -3)],
  ])('%s are refused', (_what, body) => {
    expect(() => decodeProtobuf(body)).toThrow(ProtobufError);
  });

  test('with a number that has no end are refused', () => {
    expect(() => decodeProtobuf(withGroups(Array<number>(2_000_000).fill(0x80)))).toThrow('integer overflow');
  });

  test('that are nested without end are refused, in their messages and in the JSON in them', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const owner = (json: string) =>
      envelope('v1', 'ConfigMap', bytes(1, bytes(17, bytes(1, 'm'), bytes(7, bytes(1, json)))));
    expect(decodeProtobuf(owner(nested(400)))).toMatchObject({ metadata: { managedFields: [{ manager: 'm' }] } });
    expect(() => decodeProtobuf(owner(nested(600)))).toThrow('exceeded max depth');
    let schema: Uint8Array = bytes(1, 'id');
    for (let depth = 0; depth < 600; depth++) schema = bytes(28, schema);
    const definition = envelope(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      bytes(2, bytes(7, bytes(4, bytes(1, schema)))),
    );
    expect(() => decodeProtobuf(definition)).toThrow('exceeded max depth');
  });
});
