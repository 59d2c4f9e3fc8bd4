import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { parseApiVersion, type ResourceType } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';

/** What an API server serves, by its discovery documents (APIVersions, APIGroupList, APIResourceList), one version a resource. */

export interface ServedResource {
  type: ResourceType<Unstructured>;
  verbs: string[];
}

export interface ServedResources {
  resources: ServedResource[];
  /** Group versions whose documents could not be read: what they serve is unknown. */
  failed: { groupVersion: string; error: Error }[];
}

interface ApiGroup {
  preferredVersion: { groupVersion: string };
  versions: { groupVersion: string }[];
}

interface ApiResource {
  name: string;
  kind: string;
  namespaced: boolean;
  verbs: string[];
}

/** Every listed resource at its group's preferred version, or at another one where only that has it. */
export async function readServedResources(client: KubeClient, signal: AbortSignal): Promise<ServedResources> {
  const core = await readJson<{ versions: string[] }>(client, '/api', signal);
  const { groups } = await readJson<{ groups: ApiGroup[] }>(client, '/apis', signal);
  const ordered = [...core.versions.map((version) => [version]), ...groups.map(preferredFirst)];
  const failed: ServedResources['failed'] = [];
  const byGroup = await Promise.all(ordered.map((versions) => readGroup(client, versions, { failed, signal })));
  return { resources: byGroup.flat(), failed };
}

function preferredFirst(group: ApiGroup): string[] {
  const all = group.versions.map(({ groupVersion }) => groupVersion);
  return [...new Set([group.preferredVersion.groupVersion, ...all])];
}

async function readGroup(
  client: KubeClient,
  groupVersions: string[],
  context: { failed: ServedResources['failed']; signal: AbortSignal },
): Promise<ServedResource[]> {
  const found = new Map<string, ServedResource>();
  for (const groupVersion of groupVersions) {
    const root = groupVersion.includes('/') ? '/apis' : '/api';
    try {
      const list = await readJson<{ resources: ApiResource[] }>(client, `${root}/${groupVersion}`, context.signal);
      for (const resource of list.resources) {
        if (!resource.name.includes('/') && !found.has(resource.name))
          found.set(resource.name, served(groupVersion, resource));
      }
    } catch (error) {
      context.signal.throwIfAborted();
      context.failed.push({ groupVersion, error: error instanceof Error ? error : new Error(String(error)) });
    }
  }
  return [...found.values()];
}

function served(groupVersion: string, resource: ApiResource): ServedResource {
  const { name, kind, namespaced, verbs } = resource;
  return { type: { ...parseApiVersion(groupVersion), resource: name, kind, namespaced }, verbs };
}

async function readJson<T>(client: KubeClient, path: string, signal: AbortSignal): Promise<T> {
  const headers = { accept: 'application/json' };
  return JSON.parse(await client.raw({ method: 'GET', path, headers, signal })) as T;
}
