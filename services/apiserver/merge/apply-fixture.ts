import type { FieldsV1, ManagedFieldsEntry, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { apply } from './apply.ts';
import { ApplyConflictError, type TypedSchema } from './merger.ts';
import { track } from './track.ts';

/** For tests: a kind with every form of list, and what is done to an object of it. */

const text: Schema = { type: 'string' };
const container: Schema = {
  type: 'object',
  properties: {
    name: text,
    image: text,
    args: { type: 'array', items: text },
    ports: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
      items: {
        type: 'object',
        properties: {
          containerPort: { type: 'integer' },
          protocol: { type: 'string', default: 'TCP' },
          name: text,
        },
      },
    },
  },
};
export const schema: Schema = {
  type: 'object',
  properties: {
    apiVersion: text,
    kind: text,
    metadata: {
      type: 'object',
      properties: {
        name: text,
        namespace: text,
        uid: text,
        resourceVersion: text,
        labels: { type: 'object', additionalProperties: text },
        annotations: { type: 'object', additionalProperties: text },
        finalizers: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
        managedFields: { type: 'array', items: { type: 'object' } },
      },
    },
    spec: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        selector: { type: 'object', additionalProperties: text, 'x-kubernetes-map-type': 'atomic' },
        maxSurge: { 'x-kubernetes-int-or-string': true },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        containers: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: container,
        },
      },
    },
    status: { type: 'object', properties: { ready: { type: 'boolean' } } },
  },
};
export const typed: TypedSchema = { schema, resolve: (given) => given };

export const t1 = '2026-01-01T00:00:01Z';
export const t2 = '2026-01-01T00:00:02Z';
export const t3 = '2026-01-01T00:00:03Z';

type Parts = { spec?: unknown; status?: unknown; metadata?: Record<string, unknown> };

export function thing({ spec, status, metadata }: Parts): Unstructured {
  return {
    apiVersion: 'apps/v1',
    kind: 'Thing',
    metadata: { name: 'x', namespace: 'ns', ...metadata },
    ...(spec === undefined ? {} : { spec }),
    ...(status === undefined ? {} : { status }),
  };
}

interface Given {
  live?: Unstructured | undefined;
  manager: string;
  now: string;
  force?: boolean;
  subresource?: string;
}

export const applyThing = (
  parts: Parts,
  { live, manager, now, force = false, subresource = '' }: Given,
): Unstructured => apply({ ...typed, live, applied: thing(parts), manager, force, subresource, now });

export const update = (
  before: Unstructured | undefined,
  after: Unstructured,
  manager: string,
  now: string,
): Unstructured => track({ ...typed, before, after, manager, subresource: '', now });

export function entry(
  manager: string,
  operation: 'Apply' | 'Update',
  time: string,
  fieldsV1: unknown,
): ManagedFieldsEntry {
  return { manager, operation, apiVersion: 'apps/v1', time, fieldsType: 'FieldsV1', fieldsV1: fieldsV1 as FieldsV1 };
}

export function conflictsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ApplyConflictError)
      return error.conflicts.map(({ manager, path }) => `${manager.manager} ${path}`);
    throw error;
  }
  return [];
}

export const image = (value: string) => ({ containers: [{ name: 'app', image: value }] });
