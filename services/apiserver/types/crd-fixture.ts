import type { CustomResourceDefinition } from '../../../shared/apis/apiextensions/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { establishCrd, prepareCrdForCreate } from '../resources/custom-resource-definitions.ts';
import { definitionsOfCrd } from './crd-definitions.ts';
import type { ResourceDefinition } from './resource-definition.ts';

/** For tests: `crontabs.stable.example.com`, with a schema of the test's own for `spec`. */
export function newCronTabCrd(spec: Schema = { type: 'object' }): CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'crontabs.stable.example.com' },
    spec: {
      group: 'stable.example.com',
      scope: 'Namespaced',
      names: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', listKind: 'CronTabList', shortNames: ['ct'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec, status: { type: 'object' } } } },
          subresources: { status: {} },
        },
      ],
    },
  };
}

export function established(crd: CustomResourceDefinition): CustomResourceDefinition {
  return establishCrd(prepareCrdForCreate(crd), [], '2026-01-01T00:00:00Z');
}

export function cronTabDefinition(spec?: Schema): ResourceDefinition {
  const [definition] = definitionsOfCrd(established(newCronTabCrd(spec)));
  if (!definition) throw new Error('the CRD serves nothing');
  return definition;
}
