import type { ResourceRow, SubresourceRow } from '../shared/apis/builtin/table.ts';

/** Kubernetes' published discovery documents (APIResourceList) to the resource rows of the data table. */

export interface ApiResource {
  name: string;
  kind: string;
  singularName: string;
  namespaced: boolean;
  verbs: string[];
  group?: string;
  version?: string;
  shortNames?: string[];
  categories?: string[];
  storageVersionHash?: string;
}

/** Finds the definition of a kind, without the `io.k8s.` prefix. */
export type DefinitionOfKind = (group: string, version: string, kind: string) => string;

function subresourceRow(resource: ApiResource): SubresourceRow {
  return {
    name: resource.name.slice(resource.name.indexOf('/') + 1),
    kind: resource.kind,
    verbs: resource.verbs,
    ...(resource.group ? { group: resource.group } : {}),
    ...(resource.version ? { version: resource.version } : {}),
  };
}

function resourceRow(resource: ApiResource, subresources: SubresourceRow[], schema: string): ResourceRow {
  return {
    name: resource.name,
    kind: resource.kind,
    singular: resource.singularName,
    namespaced: resource.namespaced,
    verbs: resource.verbs,
    ...(resource.shortNames ? { shortNames: resource.shortNames } : {}),
    ...(resource.categories ? { categories: resource.categories } : {}),
    ...(resource.storageVersionHash ? { storageVersionHash: resource.storageVersionHash } : {}),
    schema,
    ...(subresources.length > 0 ? { subresources } : {}),
  };
}

export function resourceRows(
  gv: { group: string; version: string },
  resources: ApiResource[],
  definitionOf: DefinitionOfKind,
): ResourceRow[] {
  return resources
    .filter((resource) => !resource.name.includes('/'))
    .map((resource) => {
      const subresources = resources.filter((other) => other.name.startsWith(`${resource.name}/`)).map(subresourceRow);
      return resourceRow(resource, subresources, definitionOf(gv.group, gv.version, resource.kind));
    });
}
