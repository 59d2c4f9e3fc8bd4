import type { KubeObject, ObjectMeta } from '../../../shared/apis/meta/v1.ts';
import type { MetaVersion } from './negotiation.ts';

/** An object's type as PartialObjectMetadata of meta.k8s.io: its metadata and nothing else. */
export function partialMetadata(object: KubeObject, version: MetaVersion = 'v1'): KubeObject {
  const metadata = object.kind === 'DaemonSet' ? withoutTemplateGeneration(object.metadata) : object.metadata;
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata };
}

/** In upstream's internal type, whose metadata this is, it is a field of the spec. */
function withoutTemplateGeneration(metadata: ObjectMeta): ObjectMeta {
  const { annotations, ...rest } = metadata;
  const { 'deprecated.daemonset.template.generation': _, ...others } = { ...annotations };
  return Object.keys(others).length === 0 ? rest : { ...rest, annotations: others };
}
