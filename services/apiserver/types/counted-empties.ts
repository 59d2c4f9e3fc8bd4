import { builtinSchema } from '../../../shared/apis/builtin/definitions.ts';
import type { Schema } from '../../../shared/apis/schema.ts';

/**
 * The lists and maps of which upstream takes an empty one for something said: it is refused where none would do, or keeps a default away. All others count
 * as none as soon as they are read. Whoever completes or checks these types takes them out again, since what is stored has none that are empty.
 */
const COUNTED: readonly (readonly [type: string, field: string])[] = [
  ['api.autoscaling.v2.HPAScalingRules', 'policies'],
  ['api.core.v1.ResourceRequirements', 'claims'],
  ['api.core.v1.PodSecurityContext', 'supplementalGroups'],
  ['api.core.v1.PodSpec', 'overhead'],
];

/** The metadata whose lists count as set even where they are empty: there may be none. */
const LISTED: typeof COUNTED = [
  ['api.resource.v1.ResourceClaimTemplateSpec', 'metadata'],
  ['api.core.v1.PersistentVolumeClaimTemplate', 'metadata'],
];

let fields: WeakSet<Schema> | undefined;
let metadata: WeakSet<Schema> | undefined;

function schemasOf(all: typeof COUNTED): WeakSet<Schema> {
  const found = all.map(([type, field]) => builtinSchema(`io.k8s.${type}`)?.properties?.[field]);
  return new WeakSet(found.filter((one) => one !== undefined));
}

/** By the field's own schema, before it is resolved. */
export function countsWhenEmpty(fieldSchema: Schema): boolean {
  fields ??= schemasOf(COUNTED);
  return fields.has(fieldSchema);
}

/** Of all lists in what the field holds; by the field's own schema, before it is resolved. */
export function listsCountWithin(fieldSchema: Schema): boolean {
  metadata ??= schemasOf(LISTED);
  return metadata.has(fieldSchema);
}
