import { isStatusError } from '../apis/meta/status-error.ts';
import { apiVersionOf } from '../apis/resource-type.ts';
import { listAnswer, parseAnswer } from './api-answer.ts';
import type { KubeClient, RequestOptions } from './client.ts';
import { UnreadableAnswerError } from './transport.ts';

/** Which resources a server serves, by group and version (Kubernetes' aggregated discovery v2; the legacy documents where a server has no other). */
export interface DiscoveredApis {
  /** The preferred version of a group first, as the server orders them; core first. */
  groupVersions: DiscoveredGroupVersion[];
  /** Group versions that are announced but can't be listed now (their aggregated server is away): what they hold is unknown, not nothing. */
  unavailable: string[];
}

export interface DiscoveredGroupVersion {
  group: string;
  version: string;
  resources: DiscoveredResource[];
}

export interface DiscoveredResource {
  /** Plural, without subresources. */
  name: string;
  singularName: string;
  kind: string;
  namespaced: boolean;
  verbs: string[];
  shortNames: string[];
  categories: string[];
  subresources: string[];
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const AGGREGATED_BETA = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList';
/** What to accept: the aggregated form where a server has it. */
export const AGGREGATED_DISCOVERY = `${AGGREGATED},${AGGREGATED_BETA},application/json`;

/** Asks a server for all its resources: two requests, or one more per group version on old servers. */
export async function discover(client: KubeClient, options: RequestOptions = {}): Promise<DiscoveredApis> {
  const documents = await Promise.all(
    ['/api', '/apis'].map(async (path) => {
      const text = await client.raw({ method: 'GET', path, headers: { accept: AGGREGATED_DISCOVERY }, ...options });
      return parseDocument(text, path);
    }),
  );
  const parts = await Promise.all(
    documents.map((document) =>
      document.kind === 'APIGroupDiscoveryList' ? fromAggregated(document) : fromLegacy(client, document, options),
    ),
  );
  return {
    groupVersions: parts.flatMap((part) => part.groupVersions),
    unavailable: parts.flatMap((part) => part.unavailable),
  };
}

/** Throws an UnreadableAnswerError. */
export function parseDocument(text: string, path: string): AnyDocument {
  return listAnswer(parseAnswer<AnyDocument>(text, `GET ${path}`), `GET ${path}`, 'items', 'versions', 'groups');
}

export interface AnyDocument {
  kind: string;
  /** APIGroupDiscoveryList */
  items?: AggregatedGroup[];
  /** APIVersions */
  versions?: string[];
  /** APIGroupList */
  groups?: { name: string; versions: { version: string }[]; preferredVersion?: { version: string } }[];
}

interface AggregatedGroup {
  metadata?: { name?: string };
  versions?: { version: string; freshness?: string; resources?: AggregatedResource[] }[];
}

interface AggregatedResource {
  resource: string;
  responseKind?: { kind?: string } | null;
  scope: string;
  singularResource?: string;
  verbs?: string[];
  shortNames?: string[];
  categories?: string[];
  subresources?: { subresource: string }[];
}

export function fromAggregated(document: AnyDocument): DiscoveredApis {
  const groupVersions: DiscoveredGroupVersion[] = [];
  const unavailable: string[] = [];
  for (const item of document.items ?? []) {
    const group = item.metadata?.name ?? '';
    for (const { version, freshness, resources = [] } of item.versions ?? []) {
      if (freshness === 'Stale') unavailable.push(apiVersionOf({ group, version }));
      else groupVersions.push({ group, version, resources: resources.map(aggregatedResource) });
    }
  }
  return { groupVersions, unavailable };
}

function aggregatedResource(resource: AggregatedResource): DiscoveredResource {
  return {
    name: resource.resource,
    singularName: resource.singularResource ?? '',
    kind: resource.responseKind?.kind ?? '',
    namespaced: resource.scope === 'Namespaced',
    verbs: resource.verbs ?? [],
    shortNames: resource.shortNames ?? [],
    categories: resource.categories ?? [],
    subresources: (resource.subresources ?? []).map(({ subresource }) => subresource),
  };
}

interface LegacyResource {
  name: string;
  singularName?: string;
  kind: string;
  namespaced: boolean;
  verbs?: string[];
  shortNames?: string[];
  categories?: string[];
}

interface LegacyList {
  resources: LegacyResource[] | null;
}

async function fromLegacy(client: KubeClient, document: AnyDocument, options: RequestOptions): Promise<DiscoveredApis> {
  const announced = announcedVersions(document);
  const found = await Promise.all(announced.map((each) => listLegacy(client, each, options)));
  return {
    groupVersions: found.filter((each) => each !== undefined),
    unavailable: announced.filter((_, index) => found[index] === undefined).map(apiVersionOf),
  };
}

function announcedVersions(document: AnyDocument): { group: string; version: string }[] {
  if (document.kind === 'APIVersions') return (document.versions ?? []).map((version) => ({ group: '', version }));
  return (document.groups ?? []).flatMap(({ name, versions, preferredVersion }) => {
    const preferred = (version: string): number => (version === preferredVersion?.version ? 0 : 1);
    const ordered = versions.map(({ version }) => version).sort((a, b) => preferred(a) - preferred(b));
    return ordered.map((version) => ({ group: name, version }));
  });
}

/** Undefined where the server answers with an error, or makes no sense: an aggregated API that is away must not hide the others. */
async function listLegacy(
  client: KubeClient,
  groupVersion: { group: string; version: string },
  options: RequestOptions,
): Promise<DiscoveredGroupVersion | undefined> {
  const { group, version } = groupVersion;
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  try {
    const answer = parseAnswer<LegacyList>(await client.raw({ method: 'GET', path, ...options }), `GET ${path}`);
    const { resources } = listAnswer(answer, `GET ${path}`, 'resources');
    return { group, version, resources: legacyResources(resources ?? []) };
  } catch (error) {
    if (isStatusError(error) || error instanceof UnreadableAnswerError) return undefined;
    throw error;
  }
}

function legacyResources(all: LegacyResource[]): DiscoveredResource[] {
  const resources = all.filter(({ name }) => !name.includes('/'));
  return resources.map((resource) => ({
    name: resource.name,
    singularName: resource.singularName ?? '',
    kind: resource.kind,
    namespaced: resource.namespaced,
    verbs: resource.verbs ?? [],
    shortNames: resource.shortNames ?? [],
    categories: resource.categories ?? [],
    subresources: all
      .filter(({ name }) => name.startsWith(`${resource.name}/`))
      .map(({ name }) => name.slice(resource.name.length + 1)),
  }));
}
