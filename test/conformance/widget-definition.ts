/** The custom resource that stands for all of them. */

import type { Body } from './objects.ts';

const text = { type: 'string' };
export const widgetDefinition: Body = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.conformance.example.com' },
  spec: {
    group: 'conformance.example.com',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', shortNames: ['wd'], categories: ['all'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.selector',
          },
        },
        additionalPrinterColumns: [
          { name: 'Size', type: 'integer', jsonPath: '.spec.size', description: 'How big' },
          { name: 'Mode', type: 'string', jsonPath: '.spec.mode', priority: 1 },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        selectableFields: [{ jsonPath: '.spec.mode' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                'x-kubernetes-validations': [
                  { rule: '!has(self.min) || !has(self.max) || self.min <= self.max', message: 'min is above max' },
                ],
                properties: {
                  size: { type: 'integer', minimum: 1, maximum: 100 },
                  replicas: { type: 'integer' },
                  mode: { type: 'string', enum: ['fast', 'slow'], default: 'slow' },
                  name: { type: 'string', pattern: '^[a-z-]+$', maxLength: 10 },
                  items: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: text, value: { type: 'integer', default: 1 } },
                    },
                  },
                  set: { type: 'array', 'x-kubernetes-list-type': 'set', items: text },
                  list: { type: 'array', maxItems: 3, items: { type: 'integer' } },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  when: { type: 'string', format: 'date-time' },
                  min: { type: 'integer' },
                  max: { type: 'integer' },
                  fixed: {
                    type: 'string',
                    'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is fixed' }],
                  },
                  either: { 'x-kubernetes-int-or-string': true },
                },
              },
              status: {
                type: 'object',
                properties: { ready: { type: 'boolean' }, replicas: { type: 'integer' }, selector: text },
              },
            },
          },
        },
      },
    ],
  },
};
