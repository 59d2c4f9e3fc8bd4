import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import type { MetaVersion } from './negotiation.ts';

/** An object's type as PartialObjectMetadata of meta.k8s.io: its metadata and nothing else. */
export function partialMetadata(object: KubeObject, version: MetaVersion = 'v1'): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata };
}
