import type { ResourceDefinition } from '../types/resource-definition.ts';
import type { Method, OpenApiOperation, OpenApiParameter, OpenApiPathItem } from './openapi-operations.ts';
import { bearerToken, newOpenApiV3 } from './openapi-v3.ts';

/** The one OpenAPI v2 document of everything served: the v3 documents, said in the older language. */

type Json = Record<string, unknown>;

/** v2 has no combinations, no `nullable` and no defaults for references; upstream leaves out what it can't say. */
const notInV2 = new Set(['oneOf', 'anyOf', 'allOf', 'not', 'nullable', 'default']);

const toV2Ref = (ref: string): string => ref.replace('#/components/schemas/', '#/definitions/');

function schemaToV2(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(schemaToV2);
  if (typeof value !== 'object' || value === null) return value;
  const schema = value as Json;
  const wrapped = (schema['allOf'] as { $ref?: string }[] | undefined)?.[0]?.$ref;
  const result: Json = wrapped ? { $ref: toV2Ref(wrapped) } : {};
  if (Array.isArray(schema['oneOf']) && schema['type'] === undefined) result['type'] = 'string';
  for (const [name, part] of Object.entries(schema)) {
    if (name === '$ref') result[name] = toV2Ref(String(part));
    else if (name === 'properties') result[name] = mapParts(part as Json);
    else if (name === 'items' || name === 'additionalProperties') result[name] = schemaToV2(part);
    else if (!notInV2.has(name)) result[name] = part;
  }
  return result;
}

function mapParts(parts: Json): Json {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, schemaToV2(part)]));
}

function parameterToV2({ schema, ...parameter }: OpenApiParameter): Json {
  return { ...parameter, ...schema };
}

function bodyParameter(body: NonNullable<OpenApiOperation['requestBody']>): Json {
  const schema = Object.values(body.content)[0]?.schema;
  return { in: 'body', name: 'body', ...(body.required ? { required: true } : {}), schema: schemaToV2(schema) };
}

function operationToV2({ requestBody, parameters = [], responses, ...operation }: OpenApiOperation): Json {
  const contents = Object.values(responses).flatMap((response) => Object.keys(response.content ?? {}));
  const body = requestBody ? [bodyParameter(requestBody)] : [];
  return {
    ...operation,
    consumes: requestBody ? Object.keys(requestBody.content) : ['*/*'],
    produces: [...new Set(contents)],
    schemes: ['https'],
    ...(body.length + parameters.length > 0 ? { parameters: [...body, ...parameters.map(parameterToV2)] } : {}),
    responses: Object.fromEntries(
      Object.entries(responses).map(([code, { description, content }]) => {
        const schema = Object.values(content ?? {})[0]?.schema;
        return [code, { description, ...(schema ? { schema: schemaToV2(schema) } : {}) }];
      }),
    ),
  };
}

const methods: Method[] = ['get', 'put', 'post', 'delete', 'patch'];

function pathToV2(item: OpenApiPathItem): Json {
  const result: Json = {};
  for (const method of methods) {
    const operation = item[method];
    if (operation) result[method] = operationToV2(operation);
  }
  return { ...result, parameters: (item.parameters ?? []).map(parameterToV2) };
}

/** `definitions` are all that are served. */
export function newOpenApiV2(definitions: readonly ResourceDefinition[]): Json {
  const v3 = newOpenApiV3(definitions);
  return {
    swagger: '2.0',
    info: v3.info,
    paths: Object.fromEntries(Object.entries(v3.paths).map(([path, item]) => [path, pathToV2(item)])),
    definitions: mapParts(v3.components.schemas),
    securityDefinitions: { BearerToken: bearerToken },
    security: [{ BearerToken: [] }],
  };
}
