/** A custom resource with lists and maps of every type, in each other. */

import type { Body, Kind } from './objects.ts';

const text = { type: 'string' };
const whole = { type: 'integer' };
const list = (items: Body, more: Body = {}): Body => ({ type: 'array', items, ...more });
const mapOf = (keys: string[], properties: Body, required = keys): Body =>
  list(
    { type: 'object', properties, ...(required.length > 0 ? { required } : {}) },
    { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys },
  );
const setOf = (items: Body): Body => list(items, { 'x-kubernetes-list-type': 'set' });

const properties: Body = {
  texts: setOf(text),
  counts: setOf(whole),
  plain: list({ type: 'object', properties: { a: text, b: whole } }),
  atomic: list(text, { 'x-kubernetes-list-type': 'atomic' }),
  ports: mapOf(['port', 'protocol'], { port: whole, protocol: { type: 'string', default: 'TCP' }, name: text }, [
    'port',
  ]),
  shelves: mapOf(['name'], {
    name: text,
    boxes: mapOf(['id'], { id: whole, tags: setOf(text), note: text }),
    labels: { type: 'object', additionalProperties: text },
    whole: { type: 'object', properties: { a: text, b: text }, 'x-kubernetes-map-type': 'atomic' },
  }),
  sealed: { type: 'object', additionalProperties: whole, 'x-kubernetes-map-type': 'atomic' },
  open: { type: 'object', additionalProperties: { type: 'object', properties: { a: text, b: setOf(text) } } },
  either: { 'x-kubernetes-int-or-string': true },
  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  part: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { known: setOf(text) } },
  preset: { type: 'object', default: { a: 'x' }, properties: { a: text, b: { type: 'string', default: 'y' } } },
  maybe: { type: 'string', nullable: true },
};

export const crateDefinition: Body = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'crates.nested.example.com' },
  spec: {
    group: 'nested.example.com',
    scope: 'Namespaced',
    names: { kind: 'Crate', plural: 'crates' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties },
              status: { type: 'object', properties: { conditions: mapOf(['type'], { type: text, status: text }) } },
            },
          },
        },
      },
    ],
  },
};

export const crate: Kind = {
  apiVersion: 'nested.example.com/v1',
  kind: 'Crate',
  resource: 'crates',
  namespaced: true,
  base: {},
  edits: [],
};
