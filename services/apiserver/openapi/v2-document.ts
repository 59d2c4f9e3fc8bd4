import { schemaRefPrefix } from '../../../shared/apis/builtin/expand-definition.ts';
import type { Published } from './builtin-schemas.ts';
import { type Parameter, sharedBodies, sharedNameOf } from './parameters.ts';
import { answerTexts, type Route, type RoutePath, unauthorized } from './routes.ts';
import { bearerToken, kubernetesInfo } from './v3-document.ts';

/** The one document of everything served, in the words of OpenAPI v2. */

const definitionPrefix = '#/definitions/';
const refTo = (definition: string): Published => ({ $ref: definitionPrefix + definition });

/** v2 has no combinations, no `nullable` and no defaults for references; upstream leaves out what it can't say. */
const notInV2 = new Set(['oneOf', 'anyOf', 'allOf', 'not', 'nullable', 'default']);

const refOf = (ref: string): Published => refTo(ref.slice(schemaRefPrefix.length));

/** What stands where a schema does, also inside of one. */
function schemaOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const schema = value as Published;
  const wrapped = (schema['allOf'] as { $ref?: string }[] | undefined)?.[0]?.$ref;
  const result: Published = wrapped ? refOf(wrapped) : {};
  if (Array.isArray(schema['oneOf']) && schema['type'] === undefined) result['type'] = 'string';
  for (const [name, part] of Object.entries(schema)) {
    if (name === '$ref') Object.assign(result, refOf(String(part)));
    else if (name === 'properties') result[name] = schemasOf(part as Record<string, Published>);
    else if (name === 'items' || name === 'additionalProperties') result[name] = schemaOf(part);
    else if (!notInV2.has(name)) result[name] = part;
  }
  return result;
}

function schemasOf(parts: Record<string, Published>): Published {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, schemaOf(part)]));
}

/** The parameters that are told once and referred to, in the order of their names. */
interface SharedParameters {
  refTo(name: string, parameter: Published): Published;
  all(): Published;
}

function newSharedParameters(): SharedParameters {
  const known = new Map<string, Published>();
  return {
    refTo(name, parameter) {
      known.set(name, parameter);
      return { $ref: `#/parameters/${name}` };
    },
    all: () => Object.fromEntries([...known].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function parameterOf(parameter: Parameter, shared: SharedParameters): Published {
  const { in: place, name, type } = parameter;
  const told = { uniqueItems: true, type, name, in: place, ...(place === 'path' ? { required: true } : {}) };
  const sharedName = sharedNameOf(parameter);
  return sharedName ? shared.refTo(sharedName, told) : told;
}

function bodyOf({ definition, isRequired }: NonNullable<Route['body']>, shared: SharedParameters): Published {
  const told = { name: 'body', in: 'body', ...(isRequired ? { required: true } : {}), schema: refTo(definition) };
  const sharedName = sharedBodies[definition];
  return sharedName ? shared.refTo(sharedName, told) : told;
}

const parametersOf = (told: Published[]): Published => (told.length > 0 ? { parameters: told } : {});

function operationOf({ body, answers, action, kind, ...route }: Route, shared: SharedParameters): Published {
  const responses = answers.map(([code, definition]) => [
    code,
    { description: answerTexts[code] ?? '', schema: definition === undefined ? { type: 'string' } : refTo(definition) },
  ]);
  const own = route.parameters.map((parameter) => parameterOf(parameter, shared));
  return {
    ...(route.consumes.length > 0 ? { consumes: route.consumes } : {}),
    produces: route.produces,
    schemes: ['https'],
    tags: [route.tag],
    operationId: route.operationId,
    ...parametersOf([...(body ? [bodyOf(body, shared)] : []), ...own]),
    responses: { ...Object.fromEntries(responses), 401: unauthorized },
    ...(action ? { 'x-kubernetes-action': action } : {}),
    ...(kind ? { 'x-kubernetes-group-version-kind': kind } : {}),
  };
}

function pathOf({ parameters, routes }: RoutePath, shared: SharedParameters): Published {
  const operations = routes.map((route) => [route.method, operationOf(route, shared)]);
  const told = parameters.map((parameter) => parameterOf(parameter, shared));
  return { ...Object.fromEntries(operations), ...parametersOf(told) };
}

/** `schemas` are in the words of v3. */
export function newV2Document(paths: readonly RoutePath[], schemas: Record<string, Published>): Published {
  const shared = newSharedParameters();
  const sorted = paths.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const told = Object.fromEntries(sorted.map((path) => [path.path, pathOf(path, shared)]));
  return {
    swagger: '2.0',
    info: kubernetesInfo,
    paths: told,
    definitions: schemasOf(schemas),
    parameters: shared.all(),
    securityDefinitions: { BearerToken: bearerToken },
    security: [{ BearerToken: [] }],
  };
}
