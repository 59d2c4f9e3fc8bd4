import { newCrd } from '../apiextensions/new-crd.ts';
import type { CustomResourceDefinition } from '../apiextensions/v1.ts';
import { WorkSpecSchema, WorkStatusSchema } from './v1alpha1.schema.ts';
import { WORK_GROUP } from './v1alpha1.ts';

/** works.work.karmada.io; names and columns are those of the wire contract (section 6.1). */
export const workCrd: CustomResourceDefinition = newCrd({
  group: WORK_GROUP,
  version: 'v1alpha1',
  kind: 'Work',
  description:
    'Manifests for one member, and what became of them. It lives in the execution space of that member, karmada-es-NAME.',
  plural: 'works',
  scope: 'Namespaced',
  shortNames: ['wk'],
  categories: ['karmada-io'],
  spec: WorkSpecSchema,
  status: WorkStatusSchema,
  columns: [
    { name: 'Workload-Kind', type: 'string', jsonPath: '.spec.workload.manifests[*].kind' },
    { name: 'Applied', type: 'string', jsonPath: '.status.conditions[?(@.type=="Applied")].status' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});
