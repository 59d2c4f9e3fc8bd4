import { describe, expect, test } from 'vitest';
import { decodeProtobuf } from './decode-object.ts';
import { encodeProtobuf, encodeProtobufEvent } from './encode-object.ts';
import { ProtobufError } from './wire-reader.ts';

const times = { creationTimestamp: '2023-11-14T22:13:20Z' };
const objects = [
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', ...times }, data: { b: 'dg==', a: '' }, immutable: false },
  {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'l', labels: { __proto__x: 'y' } },
    spec: { holderIdentity: 'me', leaseDurationSeconds: 40, renewTime: '2023-11-14T22:13:20.000005Z' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a', managedFields: [{ manager: 'm', fieldsV1: { 'f:spec': { '.': {} } } }] },
    spec: {
      ports: [
        { name: 'a', port: 80, targetPort: 8080 },
        { name: 'b', port: 81, targetPort: 'http' },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: {
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [{ name: 'c', resources: { limits: { cpu: '500m' } } }],
      priority: -5,
    },
  },
  {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'c' },
    spec: { request: 'UEVN', signerName: 'e.x/y', extra: { x: ['a', 'b'] } },
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'x.y' },
    spec: {
      group: 'y',
      versions: [
        {
          name: 'v1',
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                a: { type: 'number', maximum: 1.5, default: { b: [1] } },
                l: { type: 'array', items: { type: 'string' } },
                m: { type: 'object', additionalProperties: { type: 'string' } },
                n: { type: 'object', additionalProperties: false },
              },
            },
          },
        },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMapList',
    metadata: { resourceVersion: '5' },
    items: [{ metadata: { name: 'a' }, data: { k: 'ü' } }],
  },
  { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Failure', code: 404 },
];

describe('in protobuf', () => {
  test.each(objects)('a $kind is what it was', (object) => {
    expect(decodeProtobuf(encodeProtobuf(object))).toEqual(object);
  });

  test('what has no message is refused', () => {
    expect(() => encodeProtobuf({ apiVersion: 'example.com/v1', kind: 'Widget' })).toThrow(ProtobufError);
  });

  test('an event begins with its length', () => {
    const event = Buffer.from(encodeProtobufEvent('ADDED', { apiVersion: 'v1', kind: 'Pod' }));
    expect(event.readUInt32BE(0)).toBe(event.length - 4);
    expect(event.toString('latin1')).toContain('ADDED');
  });
});

test.each([2 ** 63, -(2 ** 63), 2 ** 53])('%s keeps its sign', (terminationGracePeriodSeconds) => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { terminationGracePeriodSeconds } };
  expect(decodeProtobuf(encodeProtobuf(pod))).toMatchObject(pod);
});

test('raw JSON within a message has the ends of 64-bit integers as they were read', () => {
  const data = JSON.parse('{"grace":9223372036854775807}');
  const revision = { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name: 'a' }, revision: 1, data };
  expect(Buffer.from(encodeProtobuf(revision)).toString('latin1')).toContain('{"grace":9223372036854775807}');
});
