import { builtinNameOfKind } from '../../../shared/apis/builtin/definitions.ts';
import { parseApiVersion } from '../../../shared/apis/resource-type.ts';
import { ProtobufError } from './wire-reader.ts';

const OPENAPI_PREFIX = 'io.k8s.';
const META = 'apimachinery.pkg.apis.meta.v1.';
/** Kinds of answers that no OpenAPI document describes. */
const UNPUBLISHED = ['PartialObjectMetadata', 'PartialObjectMetadataList'];
const DISCOVERY = 'api.apidiscovery.v2.APIGroupDiscoveryList';
/** Every group has its own, all of them the same. */
const EVERYWHERE = ['DeleteOptions'];

/** The message of a kind, by its name in the data table. Throws `ProtobufError` where there is none. */
export function messageNameOf(apiVersion: string, kind: string): string {
  const { group, version } = parseApiVersion(apiVersion || 'v1');
  if (group === 'meta.k8s.io' && UNPUBLISHED.includes(kind)) return `${META}${kind}`;
  if (group === 'apidiscovery.k8s.io' && kind === 'APIGroupDiscoveryList') return DISCOVERY;
  const name =
    builtinNameOfKind(group, version, kind) ?? (EVERYWHERE.includes(kind) && builtinNameOfKind('', 'v1', kind));
  if (!name)
    throw new ProtobufError(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
  return name.slice(OPENAPI_PREFIX.length);
}
