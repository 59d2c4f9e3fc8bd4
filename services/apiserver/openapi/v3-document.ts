import { schemaRefPrefix } from '../../../shared/apis/builtin/expand-definition.ts';
import type { Published } from './builtin-schemas.ts';
import type { Parameter } from './parameters.ts';
import { answerTexts, type Route, type RoutePath, unauthorized } from './routes.ts';

/** A document in the words of OpenAPI v3. */

const parameterOf = ({ in: place, name, type }: Parameter): Published => ({
  in: place,
  name,
  ...(place === 'path' ? { required: true } : {}),
  schema: { type, uniqueItems: true },
});

const parametersOf = (parameters: readonly Parameter[]): Published =>
  parameters.length > 0 ? { parameters: parameters.map(parameterOf) } : {};

function contentOf(types: readonly string[], definition: string | undefined): Published {
  const schema = definition === undefined ? { type: 'string' } : { $ref: schemaRefPrefix + definition };
  return Object.fromEntries(types.toSorted().map((type) => [type, { schema }]));
}

function operationOf({ body, answers, produces, consumes, action, kind, ...route }: Route): Published {
  const responses = answers.map(([code, definition]) => [
    code,
    { description: answerTexts[code] ?? '', content: contentOf(produces, definition) },
  ]);
  const content = body && contentOf(consumes, body.definition);
  return {
    tags: [route.tag],
    operationId: route.operationId,
    ...parametersOf(route.parameters),
    ...(content ? { requestBody: { content, ...(body?.isRequired ? { required: true } : {}) } } : {}),
    responses: { ...Object.fromEntries(responses), 401: unauthorized },
    ...(action ? { 'x-kubernetes-action': action } : {}),
    ...(kind ? { 'x-kubernetes-group-version-kind': kind } : {}),
  };
}

function pathOf({ parameters, routes }: RoutePath): Published {
  const operations = routes.map((route) => [route.method, operationOf(route)]);
  return { ...Object.fromEntries(operations), ...parametersOf(parameters) };
}

export const bearerToken = { type: 'apiKey', name: 'authorization', in: 'header' };
export const kubernetesInfo = { title: 'Kubernetes', version: '1.36' };
const customInfo = { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' };

export interface DocumentParts {
  paths: readonly RoutePath[];
  schemas: Record<string, Published>;
  /** Of custom resources alone: upstream's server for those has a title of its own, and names nobody who may ask. */
  isCustom: boolean;
}

export function newV3Document({ paths, schemas, isCustom }: DocumentParts): Published {
  const hasSchemas = Object.keys(schemas).length > 0;
  const sorted = paths.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return {
    openapi: '3.0.0',
    info: isCustom ? customInfo : kubernetesInfo,
    paths: Object.fromEntries(sorted.map((path) => [path.path, pathOf(path)])),
    components: {
      ...(hasSchemas ? { schemas } : {}),
      ...(isCustom ? {} : { securitySchemes: { BearerToken: bearerToken } }),
    },
  };
}
