import type { ObjectMeta, StatusCause } from '../../../shared/apis/meta/v1.ts';
import {
  asksForQualifiedFinalizers,
  type MetadataRecheck,
  metadataRechecksOf,
} from '../resources/metadata-rechecks.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { isDnsSubdomain, isPathSegment } from './object-names.ts';
import { validateFinalizerNames, validateMetadata, validateMetadataUpdate } from './validate-metadata.ts';
import type { WriteRequest } from './write-request.ts';

/** What is wrong with metadata, as often as upstream tells it. */

export function causesOfNewMetadata({ target, strategy }: WriteRequest, metadata: ObjectMeta): StatusCause[] {
  return [
    ...validateMetadata(metadata, strategy.nameRule ?? isDnsSubdomain),
    ...finalizerNames(target.definition, metadata),
  ];
}

export function causesOfChangedMetadata(request: WriteRequest, next: ObjectMeta, old: ObjectMeta): StatusCause[] {
  const { definition } = request.target;
  const ofChange = validateMetadataUpdate(next, old);
  const rechecks: Record<MetadataRecheck, () => StatusCause[]> = {
    change: () => [...ofChange, ...finalizerNames(definition, next)],
    whole: () => causesOfNewMetadata(request, next),
  };
  return [
    ...validateMetadata(next, isPathSegment),
    ...ofChange,
    ...metadataRechecksOf(definition, request.write.subresource).flatMap((recheck) => rechecks[recheck]()),
  ];
}

function finalizerNames(definition: ResourceDefinition, metadata: ObjectMeta): StatusCause[] {
  return asksForQualifiedFinalizers(definition) ? validateFinalizerNames(metadata) : [];
}
