import { createHash } from 'node:crypto';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionVersion,
} from '../../../shared/apis/apiextensions/v1.ts';
import { resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import { refTo } from '../../../shared/apis/builtin/expand-definition.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { type CrdVersions, newCrdStoredForm } from './crd-stored-form.ts';
import type { PrinterColumn, ResourceDefinition, SubresourceDefinition } from './resource-definition.ts';
import { compareVersions } from './version-order.ts';

/** A CustomResourceDefinition as the resources it serves: one definition for each served version, the preferred first. */

/** In the order in which discovery shows them for custom resources. */
const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const subresourceVerbs = ['get', 'patch', 'update'];

const objectMeta: Schema = { $ref: refTo('apimachinery.pkg.apis.meta.v1.ObjectMeta') };

/** The schema of the whole object: the version's structural schema, with the type and metadata that every object has. */
function wholeSchema(crd: CustomResourceDefinition, version: CustomResourceDefinitionVersion): Schema {
  const own = version.schema?.openAPIV3Schema ?? { 'x-kubernetes-preserve-unknown-fields': true };
  const { group, names } = crd.spec;
  return {
    ...own,
    type: 'object',
    properties: {
      ...own.properties,
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: objectMeta,
    },
    'x-kubernetes-group-version-kind': [{ group, version: version.name, kind: names.kind }],
  };
}

function subresourcesOf(
  crd: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
): SubresourceDefinition[] {
  const { status, scale } = version.subresources ?? {};
  const { group, names } = crd.spec;
  const common = { verbs: subresourceVerbs };
  return [
    ...(status ? [{ ...common, name: 'status', kind: names.kind, group, version: version.name }] : []),
    ...(scale
      ? [{ ...common, name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', scalePaths: scale }]
      : []),
  ];
}

const ageColumn: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', priority: 0 };

function columnsOf(version: CustomResourceDefinitionVersion): PrinterColumn[] {
  const own = version.additionalPrinterColumns ?? [];
  return own.length === 0 ? [ageColumn] : own.map((column) => ({ ...column, priority: column.priority ?? 0 }));
}

/** What discovery shows so that clients notice a change of the stored form: eight bytes of a hash of group, version and kind. */
function storageVersionHash(group: string, version: string, kind: string): string {
  return createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64');
}

const isStorageServed = ({ spec }: CustomResourceDefinition): boolean =>
  spec.versions.some(({ served, storage }) => served && storage);

/** In the words of the definition, or else upstream's, with the newest version that is to be used instead. */
function deprecationWarning({ spec }: CustomResourceDefinition, version: CustomResourceDefinitionVersion): string {
  if (version.deprecationWarning !== undefined) return version.deprecationWarning;
  const isBetter = (one: CustomResourceDefinitionVersion): boolean =>
    one.served && !one.deprecated && compareVersions(one.name, version.name) < 0;
  const [better] = spec.versions.filter(isBetter).sort((a, b) => compareVersions(a.name, b.name));
  const instead = better ? `; use ${spec.group}/${better.name} ${spec.names.kind}` : '';
  return `${spec.group}/${version.name} ${spec.names.kind} is deprecated${instead}`;
}

/** The schemas are shared by all versions, since each has to read what another one stored. */
function versionsOf(crd: CustomResourceDefinition): CrdVersions {
  const { group, versions } = crd.spec;
  const storage = versions.find((version) => version.storage)?.name ?? '';
  return { group, storage, schemas: new Map(versions.map((version) => [version.name, wholeSchema(crd, version)])) };
}

function definitionOf(
  crd: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  all: CrdVersions,
): ResourceDefinition {
  const { group, scope } = crd.spec;
  const names: CustomResourceDefinitionNames = { ...crd.spec.names, ...crd.status?.acceptedNames };
  const storageVersion = all.storage;
  return {
    group,
    version: version.name,
    kind: names.kind,
    listKind: names.listKind ?? `${names.kind}List`,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    verbs,
    subresources: subresourcesOf(crd, version),
    schema: all.schemas.get(version.name) ?? wholeSchema(crd, version),
    resolve: resolveBuiltin,
    source: 'crd',
    columns: columnsOf(version),
    selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, '')),
    storageVersion,
    versions: [...all.schemas.keys()],
    storedForm: newCrdStoredForm(crd, version.name, all),
    ...(isStorageServed(crd) ? { storageVersionHash: storageVersionHash(group, storageVersion, names.kind) } : {}),
    ...(version.deprecated ? { deprecationWarning: deprecationWarning(crd, version) } : {}),
  };
}

export function definitionsOfCrd(crd: CustomResourceDefinition): ResourceDefinition[] {
  const all = versionsOf(crd);
  return crd.spec.versions
    .filter(({ served }) => served)
    .sort((a, b) => compareVersions(a.name, b.name))
    .map((version) => definitionOf(crd, version, all));
}
