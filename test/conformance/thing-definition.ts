import { createHash } from 'node:crypto';
import type { Body } from './objects.ts';

/** Another where anything is said otherwise. */
const editionOf = (parts: unknown): string =>
  `edition-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8)}`;

/** The sequence's own CustomResourceDefinition, of Things, with these fields beside those that every object has. Its column tells `settleDefinition` that it is served. */
export const thingDefinition = (properties: Body, version: Body = {}): Body => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.<<namespace>>.example.com' },
  spec: {
    group: '<<namespace>>.example.com',
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things', singular: 'thing', listKind: 'ThingList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties } },
        additionalPrinterColumns: [
          { name: editionOf([properties, version]), type: 'string', jsonPath: '.metadata.name' },
        ],
        ...version,
      },
    ],
  },
});

/** One of them. */
export const thing = (fields: Body): Body => ({
  apiVersion: '<<namespace>>.example.com/v1',
  kind: 'Thing',
  metadata: { name: 'a' },
  ...fields,
});
