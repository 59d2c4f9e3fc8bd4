import type { KubeObject } from '../../../shared/apis/meta/v1.ts';

/** An object's type as PartialObjectMetadata of meta.k8s.io/v1: its metadata and nothing else. */
export function partialMetadata(object: KubeObject): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}
