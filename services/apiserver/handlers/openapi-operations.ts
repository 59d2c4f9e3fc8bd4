import type { ResourceDefinition, SubresourceDefinition } from '../types/resource-definition.ts';

/** The paths of a group version in OpenAPI v3: what can be done with each resource, with which parameters and bodies. */

export interface OpenApiParameter {
  in: 'query' | 'path';
  name: string;
  required?: boolean;
  schema: { type: string; uniqueItems: boolean };
}

interface MediaType {
  schema: { $ref: string };
}

export interface OpenApiOperation {
  tags: string[];
  operationId: string;
  parameters?: OpenApiParameter[];
  requestBody?: { content: Record<string, MediaType>; required?: boolean };
  responses: Record<string, { description: string; content?: Record<string, MediaType> }>;
  'x-kubernetes-action'?: string;
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string };
}

export type Method = 'get' | 'put' | 'post' | 'delete' | 'patch';
export type OpenApiPathItem = Partial<Record<Method, OpenApiOperation>> & { parameters?: OpenApiParameter[] };

const schemaRef = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });

const metaV1 = 'io.k8s.apimachinery.pkg.apis.meta.v1';

function query(type: string, ...names: string[]): OpenApiParameter[] {
  return names.map((name) => ({ in: 'query', name, schema: { type, uniqueItems: true } }));
}

function inPath(name: string): OpenApiParameter {
  return { in: 'path', name, required: true, schema: { type: 'string', uniqueItems: true } };
}

const byName = (a: OpenApiParameter, b: OpenApiParameter): number => (a.name < b.name ? -1 : 1);

const listParameters = [
  ...query('boolean', 'allowWatchBookmarks', 'sendInitialEvents', 'watch'),
  ...query('string', 'continue', 'fieldSelector', 'labelSelector', 'resourceVersion', 'resourceVersionMatch'),
  ...query('integer', 'limit', 'timeoutSeconds'),
].sort(byName);
const writeParameters = query('string', 'dryRun', 'fieldManager', 'fieldValidation');
const patchParameters = [...writeParameters, ...query('boolean', 'force')];
const deleteParameters = [
  ...query('string', 'dryRun', 'propagationPolicy'),
  ...query('integer', 'gracePeriodSeconds'),
  ...query('boolean', 'ignoreStoreReadErrorWithClusterBreakingPotential', 'orphanDependents'),
].sort(byName);
const deleteCollectionParameters = [
  ...deleteParameters,
  ...listParameters.filter(({ name }) => name !== 'watch' && name !== 'allowWatchBookmarks'),
].sort(byName);

const answerTypes = ['application/json', 'application/yaml'];
const builtinPatchTypes = ['strategic-merge-patch+json'];
const patchTypes = ['apply-patch+yaml', 'json-patch+json', 'merge-patch+json'];

function content(types: string[], schemaName: string): Record<string, MediaType> {
  return Object.fromEntries(types.map((type) => [type, { schema: schemaRef(schemaName) }]));
}

interface Subject {
  definition: ResourceDefinition;
  /** Group, version and kind of what is read and written: a subresource may have its own. */
  group: string;
  version: string;
  kind: string;
  schemaName: string;
  listSchemaName?: string;
  subresource?: string;
}

const texts: Record<string, string> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };

function operation(subject: Subject, action: string, details: Pick<OpenApiOperation, 'operationId'>): OpenApiOperation {
  const { group, version, kind } = subject;
  return {
    tags: [tagOf(subject.definition)],
    ...details,
    responses: {},
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
  };
}

function responses(codes: number[], schemaName: string, types = answerTypes): OpenApiOperation['responses'] {
  const good = codes.map((code) => [code, { description: texts[code] ?? '', content: content(types, schemaName) }]);
  return { ...Object.fromEntries(good), 401: { description: 'Unauthorized' } };
}

function tagOf({ group, version }: ResourceDefinition): string {
  const name =
    group === '' ? 'core' : group.replace(/\.k8s\.io$/, '').replace(/\.(\w)/g, (_, c: string) => c.toUpperCase());
  return `${name}_${version}`;
}

const capitalized = (text: string): string => text.replace(/^./, (letter) => letter.toUpperCase());

/** `AppsV1`, as generated clients know the group version. */
function groupVersionName(group: string, version: string): string {
  const name = group === '' ? 'core' : group.replace(/\.k8s\.io$/, '');
  return name.split('.').map(capitalized).join('') + capitalized(version);
}

/** `patchAppsV1NamespacedDeploymentStatus` */
function operationId(subject: Subject, verb: string): { operationId: string } {
  const { definition, subresource } = subject;
  const scope = definition.namespaced ? 'Namespaced' : '';
  const gv = groupVersionName(definition.group, definition.version);
  const part = subresource ? capitalized(subresource) : '';
  return { operationId: `${verb.replace('$', gv)}${verb.includes('$') ? '' : gv}${scope}${definition.kind}${part}` };
}

const read = (subject: Subject): OpenApiOperation => ({
  ...operation(subject, 'get', operationId(subject, 'read')),
  responses: responses([200], subject.schemaName),
});

const replace = (subject: Subject): OpenApiOperation => ({
  ...operation(subject, 'put', operationId(subject, 'replace')),
  parameters: writeParameters,
  requestBody: { content: content(['*/*'], subject.schemaName), required: true },
  responses: responses([200, 201], subject.schemaName),
});

function patch(subject: Subject): OpenApiOperation {
  const types = subject.definition.source === 'builtin' ? [...patchTypes, ...builtinPatchTypes] : patchTypes;
  return {
    ...operation(subject, 'patch', operationId(subject, 'patch')),
    parameters: patchParameters,
    requestBody: {
      content: content(
        types.map((type) => `application/${type}`),
        `${metaV1}.Patch`,
      ),
      required: true,
    },
    responses: responses([200, 201], subject.schemaName),
  };
}

const create = (subject: Subject): OpenApiOperation => ({
  ...operation(subject, 'post', operationId(subject, 'create')),
  parameters: writeParameters,
  requestBody: { content: content(['*/*'], subject.schemaName), required: true },
  responses: responses([200, 201, 202], subject.schemaName),
});

const remove = (subject: Subject): OpenApiOperation => ({
  ...operation(subject, 'delete', operationId(subject, 'delete')),
  parameters: deleteParameters,
  requestBody: { content: content(['*/*'], `${metaV1}.DeleteOptions`) },
  responses: responses([200, 202], `${metaV1}.Status`),
});

const removeCollection = (subject: Subject): OpenApiOperation => ({
  ...operation(subject, 'deletecollection', operationId(subject, 'delete$Collection')),
  parameters: deleteCollectionParameters,
  requestBody: { content: content(['*/*'], `${metaV1}.DeleteOptions`) },
  responses: responses([200], `${metaV1}.Status`),
});

const list = (subject: Subject): OpenApiOperation => ({
  ...operation(subject, 'list', operationId(subject, 'list')),
  parameters: listParameters,
  responses: responses([200], subject.listSchemaName ?? subject.schemaName, [
    ...answerTypes,
    'application/json;stream=watch',
  ]),
});

type Table = [verb: string, method: Method, make: (subject: Subject) => OpenApiOperation][];

const itemOperations: Table = [
  ['get', 'get', read],
  ['update', 'put', replace],
  ['patch', 'patch', patch],
  ['delete', 'delete', remove],
];
const collectionOperations: Table = [
  ['list', 'get', list],
  ['create', 'post', create],
  ['deletecollection', 'delete', removeCollection],
];
const subresourceOperations: Table = [...itemOperations.slice(0, 3), ['create', 'post', create]];

function pathItem(subject: Subject, verbs: string[], table: Table, parameters: OpenApiParameter[]): OpenApiPathItem {
  const item: OpenApiPathItem = {};
  for (const [verb, method, make] of table) if (verbs.includes(verb)) item[method] = make(subject);
  return { ...item, parameters: [...parameters, ...query('string', 'pretty')] };
}

/** Names of the schemas of kinds in the document. */
export type SchemaNameOf = (group: string, version: string, kind: string) => string | undefined;

function subjectOf(definition: ResourceDefinition, nameOf: SchemaNameOf): Subject {
  const { group, version, kind, listKind } = definition;
  const listSchemaName = nameOf(group, version, listKind);
  const schemaName = nameOf(group, version, kind) ?? '';
  return { definition, group, version, kind, schemaName, ...(listSchemaName ? { listSchemaName } : {}) };
}

function subresourceSubject(definition: ResourceDefinition, sub: SubresourceDefinition, nameOf: SchemaNameOf): Subject {
  const { group, version, kind, name } = sub;
  return { definition, group, version, kind, subresource: name, schemaName: nameOf(group, version, kind) ?? '' };
}

const hasOperations = ([, item]: [string, OpenApiPathItem]): boolean => Object.keys(item).length > 1;

/** All paths of one resource. `base` is `/api/v1` or `/apis/<group>/<version>`. */
export function pathsOf(
  definition: ResourceDefinition,
  base: string,
  nameOf: SchemaNameOf,
): Record<string, OpenApiPathItem> {
  const subject = subjectOf(definition, nameOf);
  const { plural, namespaced, verbs, subresources } = definition;
  const scope = namespaced ? '/namespaces/{namespace}' : '';
  const collection = `${base}${scope}/${plural}`;
  const inScope = namespaced ? [inPath('namespace')] : [];
  const named = [inPath('name'), ...inScope];
  const items: [string, OpenApiPathItem][] = [
    [collection, pathItem(subject, verbs, collectionOperations, inScope)],
    [`${collection}/{name}`, pathItem(subject, verbs, itemOperations, named)],
    ...subresources.map((sub): [string, OpenApiPathItem] => [
      `${collection}/{name}/${sub.name}`,
      pathItem(subresourceSubject(definition, sub, nameOf), sub.verbs, subresourceOperations, named),
    ]),
  ];
  if (namespaced && verbs.includes('list')) items.push([`${base}/${plural}`, listEverywhere(subject)]);
  return Object.fromEntries(items.filter(hasOperations));
}

function listEverywhere(subject: Subject): OpenApiPathItem {
  const { group, version, kind } = subject.definition;
  const id = `list${groupVersionName(group, version)}${kind}ForAllNamespaces`;
  return {
    get: { ...list(subject), operationId: id },
    parameters: query('string', 'pretty'),
  };
}
