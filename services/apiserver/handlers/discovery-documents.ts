import { apiVersionOf } from '../../../shared/apis/resource-type.ts';
import type { ResourceDefinition, SubresourceDefinition } from '../types/resource-definition.ts';

/** The discovery documents, from the catalog: legacy (one a group and version) and aggregated (apidiscovery.k8s.io, everything at once). */

interface GroupVersions {
  group: string;
  /** The preferred first. */
  versions: string[];
}

/** Groups and versions in the order in which their definitions come. */
function groupsOf(definitions: readonly ResourceDefinition[]): GroupVersions[] {
  const groups = new Map<string, Set<string>>();
  for (const { group, version } of definitions) {
    const versions = groups.get(group) ?? new Set();
    groups.set(group, versions.add(version));
  }
  return [...groups].map(([group, versions]) => ({ group, versions: [...versions] }));
}

interface GroupVersionForDiscovery {
  groupVersion: string;
  version: string;
}

interface ApiGroupBody {
  name: string;
  versions: GroupVersionForDiscovery[];
  preferredVersion: GroupVersionForDiscovery;
}

function apiGroupBody({ group, versions }: GroupVersions): ApiGroupBody {
  const all = versions.map((version) => ({ groupVersion: apiVersionOf({ group, version }), version }));
  return { name: group, versions: all, preferredVersion: all[0] ?? { groupVersion: '', version: '' } };
}

export function apiVersions(serverAddress: string): object {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

/** Core is not in it: it has `/api`. Groups of custom resources come as upstream's APIServices do, by the least of their versions and then by name. */
export function apiGroupList(definitions: readonly ResourceDefinition[]): object {
  const builtin = new Set(definitions.flatMap(({ source, group }) => (source === 'builtin' ? [group] : [])));
  const custom = groupsOf(definitions.filter(({ group }) => !builtin.has(group)));
  const placed = custom.map((each) => ({ each, place: placeOf(each) }));
  placed.sort((a, b) => (a.place < b.place ? -1 : 1));
  const named = groupsOf(definitions.filter(({ group }) => group !== '' && builtin.has(group)));
  const groups = [...named, ...placed.map(({ each }) => each)];
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(apiGroupBody) };
}

/** The first of the names of its APIServices. */
const placeOf = ({ group, versions }: GroupVersions): string => `${[...versions].sort()[0] ?? ''}.${group}`;

/** Undefined: no such group. */
export function apiGroup(definitions: readonly ResourceDefinition[], group: string): object | undefined {
  const found = groupsOf(definitions.filter((definition) => definition.group === group))[0];
  return found && { kind: 'APIGroup', apiVersion: 'v1', ...apiGroupBody(found) };
}

interface ApiResourceBody {
  name: string;
  singularName: string;
  namespaced: boolean;
  group?: string;
  version?: string;
  kind: string;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
  storageVersionHash?: string;
}

/** Group and version are only written where they differ from those of the list. */
function foreign(sub: SubresourceDefinition, of: ResourceDefinition): { group?: string; version?: string } {
  return sub.group === of.group && sub.version === of.version ? {} : { group: sub.group, version: sub.version };
}

function resourceBody(definition: ResourceDefinition): ApiResourceBody {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories, storageVersionHash } = definition;
  return {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(storageVersionHash ? { storageVersionHash } : {}),
  };
}

function subresourceBody(sub: SubresourceDefinition, of: ResourceDefinition): ApiResourceBody {
  return {
    name: `${of.plural}/${sub.name}`,
    singularName: '',
    namespaced: of.namespaced,
    ...foreign(sub, of),
    kind: sub.kind,
    verbs: sub.verbs,
  };
}

/** Undefined: no such group and version. The list for core has no apiVersion, as upstream's. */
export function apiResourceList(
  definitions: readonly ResourceDefinition[],
  group: string,
  version: string,
): object | undefined {
  const mine = definitions.filter((definition) => definition.group === group && definition.version === version);
  if (mine.length === 0) return undefined;
  const resources = mine.flatMap((definition) => [
    resourceBody(definition),
    ...definition.subresources.map((sub) => subresourceBody(sub, definition)),
  ]);
  const apiVersion = group === '' ? {} : { apiVersion: 'v1' };
  return { kind: 'APIResourceList', ...apiVersion, groupVersion: apiVersionOf({ group, version }), resources };
}

function responseKind(kind: string, gv: { group?: string; version?: string }): object {
  return { group: gv.group ?? '', version: gv.version ?? '', kind };
}

/** Upstream writes a custom resource's own group and version out, and leaves them empty for built-in kinds. */
function resourceDiscovery(definition: ResourceDefinition): object {
  const { plural, singular, kind, namespaced, verbs, shortNames, categories, subresources } = definition;
  const isCustom = definition.source === 'crd';
  const subs = subresources.map((sub) => ({
    subresource: sub.name,
    responseKind: responseKind(sub.kind, isCustom ? sub : foreign(sub, definition)),
    verbs: sub.verbs,
  }));
  return {
    resource: plural,
    responseKind: responseKind(kind, isCustom ? definition : {}),
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(subs.length > 0 ? { subresources: subs } : {}),
  };
}

export function aggregatedDiscovery(definitions: readonly ResourceDefinition[]): object {
  const items = groupsOf(definitions).map(({ group, versions }) => ({
    metadata: group === '' ? {} : { name: group },
    versions: versions.map((each) => ({
      version: each,
      resources: definitions
        .filter((definition) => definition.group === group && definition.version === each)
        .map(resourceDiscovery),
      freshness: 'Current',
    })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}
