import { apiVersionOf, type ResourceType } from '../apis/resource-type.ts';
import type { KubeClient, RequestOptions } from './client.ts';
import { type DiscoveredApis, discover } from './discovery.ts';
import { systemTimers, type Timers } from './timers.ts';

/** Which resource an object's apiVersion and kind stand for, as the server's discovery says. */
export interface RestMapper {
  /** Undefined if the server does not serve the kind. A kind that is not known yet is looked for anew, at most every few seconds. */
  resourceFor(apiVersion: string, kind: string, options?: RequestOptions): Promise<ResourceType | undefined>;
  /** What is known now, without asking the server. */
  known(apiVersion: string, kind: string): ResourceType | undefined;
  /** Asks the server anew. */
  reload(options?: RequestOptions): Promise<DiscoveredApis>;
}

const RELOAD_PERIOD_MS = 5000;

export function newRestMapper(client: KubeClient, timers: Timers = systemTimers): RestMapper {
  let types = new Map<string, ResourceType>();
  let loadedAtMs = Number.NEGATIVE_INFINITY;
  let loading: Promise<DiscoveredApis> | undefined;

  const load = async (options?: RequestOptions): Promise<DiscoveredApis> => {
    const apis = await discover(client, options);
    const next = typesByKind(apis);
    for (const [key, type] of types) if (apis.unavailable.includes(apiVersionOf(type))) next.set(key, type);
    types = next;
    loadedAtMs = timers.now();
    return apis;
  };
  const reload = (options?: RequestOptions): Promise<DiscoveredApis> => {
    loading ??= load(options).finally(() => {
      loading = undefined;
    });
    return loading;
  };
  const known = (apiVersion: string, kind: string): ResourceType | undefined => types.get(`${apiVersion}|${kind}`);
  return {
    known,
    reload,
    resourceFor: async (apiVersion, kind, options) => {
      const type = known(apiVersion, kind);
      if (type || timers.now() - loadedAtMs < RELOAD_PERIOD_MS) return type;
      await reload(options);
      return known(apiVersion, kind);
    },
  };
}

/** The first resource of a kind counts, if two have the same: only one of them can be created. */
function typesByKind(apis: DiscoveredApis): Map<string, ResourceType> {
  const types = new Map<string, ResourceType>();
  for (const { group, version, resources } of apis.groupVersions) {
    for (const { name, kind, namespaced } of resources) {
      const key = `${apiVersionOf({ group, version })}|${kind}`;
      if (kind && !types.has(key)) types.set(key, { group, version, resource: name, kind, namespaced });
    }
  }
  return types;
}
