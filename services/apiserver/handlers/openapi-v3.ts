import { apiVersionOf } from '../../../shared/apis/resource-type.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { type OpenApiPathItem, pathsOf } from './openapi-operations.ts';
import { closure, customSchemas, schemaNameOf } from './openapi-schemas.ts';

/** The OpenAPI v3 document of one group version. */
export interface OpenApiV3 {
  openapi: '3.0.0';
  info: { title: string; version: string };
  paths: Record<string, OpenApiPathItem>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}

/** `api/v1` or `apis/<group>/<version>`: the key of a group version in the index. */
export function documentPath(group: string, version: string): string {
  return group === '' ? `api/${version}` : `apis/${apiVersionOf({ group, version })}`;
}

/** `definitions` are those of one group version. */
export function newOpenApiV3(definitions: readonly ResourceDefinition[]): OpenApiV3 {
  const nameOf = schemaNameOf(definitions);
  const paths: Record<string, OpenApiPathItem> = {};
  const custom: Record<string, Record<string, unknown>> = {};
  for (const definition of definitions) {
    Object.assign(paths, pathsOf(definition, `/${documentPath(definition.group, definition.version)}`, nameOf));
    if (definition.source === 'crd') Object.assign(custom, customSchemas(definition));
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths,
    components: { schemas: closure(paths, custom), securitySchemes: { BearerToken: bearerToken } },
  };
}

export const bearerToken = { type: 'apiKey', name: 'authorization', in: 'header' };
