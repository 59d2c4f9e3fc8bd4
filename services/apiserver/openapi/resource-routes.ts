import { apiVersionOf } from '../../../shared/apis/resource-type.ts';
import { strategyOf } from '../resources/strategies.ts';
import type { ResourceDefinition, SubresourceDefinition } from '../types/resource-definition.ts';
import { operationId, tagOf } from './operation-names.ts';
import {
  deleteCollectionParameters,
  deleteParameters,
  listParameters,
  nameInPath,
  namespaceInPath,
  type Parameter,
  patchParameters,
  pretty,
  readParameters,
  writeParameters,
} from './parameters.ts';
import { type Method, newRoutePath, type Route, type RoutePath } from './routes.ts';

/** What can be asked of a resource. Source: apiserver, endpoints/installer; for custom resources apiextensions-apiserver, controller/openapi/builder. */

/** The definition of a kind. */
export type DefinitionOf = (group: string, version: string, kind: string) => string | undefined;

interface Subject {
  resource: ResourceDefinition;
  subresource?: SubresourceDefinition;
  definitionOf: DefinitionOf;
  /** Of the path. */
  parameters: readonly Parameter[];
  isEverywhere?: boolean;
}

const metaV1 = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const json = 'application/json';
const yaml = 'application/yaml';
const protobuf = 'application/vnd.kubernetes.protobuf';
const streams = [`${json};stream=watch`, `${protobuf};stream=watch`];
const customPatches = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'];
const builtinPatches = customPatches.toSpliced(2, 0, 'application/strategic-merge-patch+json');

const isCustom = ({ resource }: Subject): boolean => resource.source === 'crd';
const capitalized = (text: string): string => text.replace(/^./, (letter) => letter.toUpperCase());

/** What is read and written: a subresource may have a kind of its own. */
function definitionOf({ resource, subresource, definitionOf: of }: Subject): string {
  const { group, version, kind } = subresource ?? resource;
  return of(group, version, kind) ?? '';
}

function listDefinitionOf({ resource: { group, version, listKind }, definitionOf: of }: Subject): string {
  return of(group, version, listKind) ?? '';
}

/** Custom resources are told by their own kind in all their parts. */
function kindOf(subject: Subject): NonNullable<Route['kind']> {
  const { group, version, kind } = (isCustom(subject) ? undefined : subject.subresource) ?? subject.resource;
  return { group, version, kind };
}

type Words = [verb: string, before?: string, after?: string];

function route(subject: Subject, method: Method, action: string, [verb, before = '', after = '']: Words): Route {
  const { resource, subresource, parameters, isEverywhere } = subject;
  const scope = resource.namespaced && !isEverywhere ? 'Namespaced' : '';
  const part = capitalized(subresource?.name ?? '') + after + (isEverywhere ? 'ForAllNamespaces' : '');
  return {
    method,
    operationId: operationId(resource, verb, { before: before + scope, after: part }),
    tag: tagOf(resource.group, resource.version),
    action,
    kind: kindOf(subject),
    parameters: [...parameters, pretty],
    consumes: isCustom(subject) ? [json, yaml] : ['*/*'],
    produces: isCustom(subject) ? [json, yaml] : [json, yaml, protobuf],
    answers: [],
  };
}

type More = Partial<Pick<Route, 'body' | 'consumes' | 'produces'>> & { parameters?: readonly Parameter[] };

const withMore = (base: Route, codes: number[], definition: string, { parameters = [], ...more }: More): Route => ({
  ...base,
  ...more,
  parameters: [...base.parameters, ...parameters],
  answers: codes.map((code) => [code, definition] as const),
});

function read(subject: Subject): Route {
  const parameters = isCustom(subject) ? readParameters : [];
  return withMore(route(subject, 'get', 'get', ['read']), [200], definitionOf(subject), { parameters });
}

function replace(subject: Subject): Route {
  const definition = definitionOf(subject);
  const body = { definition, isRequired: true };
  const parameters = writeParameters;
  return withMore(route(subject, 'put', 'put', ['replace']), [200, 201], definition, { parameters, body });
}

function create(subject: Subject): Route {
  const definition = definitionOf(subject);
  const body = { definition, isRequired: true };
  const parameters = writeParameters;
  return withMore(route(subject, 'post', 'post', ['create']), [200, 201, 202], definition, { parameters, body });
}

function patch(subject: Subject): Route {
  const body = { definition: `${metaV1}.Patch`, isRequired: true };
  const [codes, consumes] = isCustom(subject) ? [[200], customPatches] : [[200, 201], builtinPatches];
  const more = { parameters: patchParameters, body, consumes };
  return withMore(route(subject, 'patch', 'patch', ['patch']), codes, definitionOf(subject), more);
}

/** Namespaces answer with themselves too, which upstream does not tell. */
function answersDeleted({ resource }: Subject): boolean {
  return strategyOf(resource).returnsDeletedObject === true && resource.plural !== 'namespaces';
}

const deleteOptions = { definition: `${metaV1}.DeleteOptions`, isRequired: false };

function remove(subject: Subject): Route {
  const definition = answersDeleted(subject) ? definitionOf(subject) : `${metaV1}.Status`;
  const more = { parameters: deleteParameters, body: deleteOptions };
  return withMore(route(subject, 'delete', 'delete', ['delete']), [200, 202], definition, more);
}

/** Of custom resources it is told as a list. */
function removeCollection(subject: Subject): Route {
  const more = isCustom(subject)
    ? { parameters: listParameters }
    : { parameters: deleteCollectionParameters, body: deleteOptions };
  const base = route(subject, 'delete', 'deletecollection', ['delete', 'Collection']);
  return withMore(base, [200], `${metaV1}.Status`, more);
}

function list(subject: Subject): Route {
  const base = route(subject, 'get', 'list', ['list']);
  const produces = [...base.produces, ...(isCustom(subject) ? [] : streams)];
  return withMore(base, [200], listDefinitionOf(subject), { parameters: listParameters, produces });
}

function watchOf(action: 'watch' | 'watchlist'): (subject: Subject) => Route {
  return (subject) => {
    const base = route(subject, 'get', action, ['watch', '', action === 'watchlist' ? 'List' : '']);
    const more = { parameters: listParameters, produces: [...base.produces, ...streams] };
    return withMore(base, [200], `${metaV1}.WatchEvent`, more);
  };
}

type Verbs = readonly (readonly [verb: string, make: (subject: Subject) => Route])[];

const itemVerbs: Verbs = [
  ['get', read],
  ['update', replace],
  ['delete', remove],
  ['patch', patch],
];
const subresourceVerbs: Verbs = [...itemVerbs.filter(([verb]) => verb !== 'delete'), ['create', create]];
const collectionVerbs: Verbs = [
  ['list', list],
  ['create', create],
  ['deletecollection', removeCollection],
];

function routePath(path: string, subject: Subject, verbs: Verbs): RoutePath {
  const served = (subject.subresource ?? subject.resource).verbs;
  return newRoutePath(
    path,
    verbs.flatMap(([verb, make]) => (served.includes(verb) ? [make(subject)] : [])),
  );
}

/** The paths of old for watching, which are there for built-in kinds. */
function watchPaths(base: string, everywhere: Subject, scoped: Subject, named: Subject): RoutePath[] {
  const { resource } = scoped;
  const watched = (path: string, subject: Subject, action: 'watch' | 'watchlist'): RoutePath =>
    routePath(`${base}/watch${path}`, subject, [['watch', watchOf(action)]]);
  const collection = `${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.plural}`;
  return [
    ...(resource.namespaced ? [watched(`/${resource.plural}`, everywhere, 'watchlist')] : []),
    watched(collection, scoped, 'watchlist'),
    watched(`${collection}/{name}`, named, 'watch'),
  ];
}

/** All paths of one resource. */
export function resourcePaths(resource: ResourceDefinition, of: DefinitionOf): RoutePath[] {
  const { group, version, plural, namespaced, subresources } = resource;
  const base = `/${group === '' ? 'api' : 'apis'}/${apiVersionOf({ group, version })}`;
  const inScope = namespaced ? [namespaceInPath] : [];
  const everywhere: Subject = { resource, definitionOf: of, parameters: [], isEverywhere: true };
  const scoped: Subject = { resource, definitionOf: of, parameters: inScope };
  const named: Subject = { ...scoped, parameters: [nameInPath, ...inScope] };
  const collection = `${base}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`;
  const paths = [
    ...(namespaced ? [routePath(`${base}/${plural}`, everywhere, [['list', list]])] : []),
    routePath(collection, scoped, collectionVerbs),
    routePath(`${collection}/{name}`, named, itemVerbs),
    ...subresources.map((subresource) =>
      routePath(`${collection}/{name}/${subresource.name}`, { ...named, subresource }, subresourceVerbs),
    ),
    ...(resource.source === 'builtin' ? watchPaths(base, everywhere, scoped, named) : []),
  ];
  return paths.filter(({ routes }) => routes.length > 0);
}
