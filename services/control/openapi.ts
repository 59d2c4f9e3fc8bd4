import type { TObject, TSchema } from '@sinclair/typebox';
import { VERSION } from '../../shared/apis/version.ts';
import type { Route } from './route.ts';
import { ProblemSchema } from './schemas/problem.ts';

/** The OpenAPI 3.1 document of the routes, from the very schemas that check requests. Schemas with a title become components. */
export function newOpenApiDocument(routes: readonly Route[], basePath: string): object {
  const components = new Map<string, unknown>();
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route, components) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pullet control-plane API',
      version: VERSION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: basePath }],
    security: [{ bearer: [] }, { clientCertificate: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(components),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        clientCertificate: { type: 'mutualTLS', description: 'only where the hub has its own Kubernetes API' },
      },
    },
  };
}

type Components = Map<string, unknown>;

function operationOf(route: Route, components: Components): object {
  const { operationId, summary, description, tag, body, params, query, answer } = route;
  const schema = (of: TSchema): unknown => toOpenApi(of, components);
  const parameters = [...parametersOf('path', params, schema), ...parametersOf('query', query, schema)];
  const content = answer.schema ? { content: { 'application/json': { schema: schema(answer.schema) } } } : {};
  const problem = {
    description: 'anything else',
    content: { 'application/problem+json': { schema: schema(ProblemSchema) } },
  };
  return {
    operationId,
    summary,
    ...(description ? { description } : {}),
    tags: [tag],
    ...('runForAnyone' in route ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? { requestBody: { required: hasRequired(body), content: { 'application/json': { schema: schema(body) } } } }
      : {}),
    responses: { [answer.status]: { description: answer.description, ...content }, default: problem },
  };
}

function hasRequired({ required = [], minProperties = 0 }: TObject): boolean {
  return required.length > 0 || minProperties > 0;
}

function parametersOf(place: 'path' | 'query', object: TObject, schema: (of: TSchema) => unknown): object[] {
  const { properties, required = [] } = object;
  return Object.entries(properties).map(([name, of]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(of.description ? { description: of.description } : {}),
    schema: schema(of),
  }));
}

/** A copy as JSON, with references instead of what has a title. */
function toOpenApi(schema: TSchema, components: Components): unknown {
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== 'object' || value === null) return value;
    if ('title' in value && typeof value.title === 'string' && 'type' in value) return reference(value.title, value);
    return copyFields(value);
  };
  const copyFields = (value: object): object =>
    Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => !name.startsWith('x-'))
        .map(([name, field]) => [name, copy(field)]),
    );
  const reference = (title: string, value: object): object => {
    if (!components.has(title)) {
      components.set(title, {});
      components.set(title, copyFields(value));
    }
    return { $ref: `#/components/schemas/${title}` };
  };
  return copy(schema);
}
