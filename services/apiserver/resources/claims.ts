import { isDeepStrictEqual } from 'node:util';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';
import { forbidden } from '../types/field-error.ts';
import { type ClaimSpec, validateClaimSpec } from './validate-claim.ts';

/** PersistentVolumeClaims. Nothing here binds them. */

const specOf = (object: Unstructured): ClaimSpec & { volumeName?: string } => (object['spec'] ?? {}) as ClaimSpec;

const FIXED =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

export const claimStrategy: Strategy = {
  returnsDeletedObject: true,
  prepareForCreate: (object) => mirrorSources(specOf(object)),
  validate: (object) => validateClaimSpec(specOf(object), 'spec'),
  validateUpdate: (object, old) => {
    const isSame = isDeepStrictEqual(fixedPart(specOf(object)), fixedPart(specOf(old)));
    return isSame || !specOf(old).volumeName ? unboundCauses(object, old) : [forbidden('spec', FIXED)];
  },
};

/** Until it is bound its volume can still be named. */
function unboundCauses(object: Unstructured, old: Unstructured) {
  const [next, before] = [specOf(object), specOf(old)];
  const { volumeName: _, ...rest } = fixedPart(next);
  const { volumeName: __, ...others } = fixedPart(before);
  return isDeepStrictEqual(rest, others) ? [] : [forbidden('spec', FIXED)];
}

function fixedPart(spec: ClaimSpec & { volumeName?: string }): Record<string, unknown> {
  const { resources: _, ...rest } = spec;
  return rest;
}

/** Two fields for what a claim is filled with; the one is always told of the other. */
function mirrorSources(spec: ClaimSpec): void {
  const { dataSource, dataSourceRef } = spec;
  if (dataSource && !dataSourceRef) spec.dataSourceRef = { ...dataSource };
  const isLocal = dataSourceRef && !('namespace' in dataSourceRef);
  if (isLocal && !dataSource) spec.dataSource = { ...dataSourceRef };
}
