import { apiVersionOf, parseApiVersion, type ResourceType } from '../apis/resource-type.ts';
import { newDiscovery } from './cached-discovery.ts';
import type { KubeClient, RequestOptions } from './client.ts';
import { withDeadline } from './deadline.ts';
import type { DiscoveredApis } from './discovery.ts';
import { systemTimers, type Timers } from './timers.ts';
import { reasonOfUnavailable } from './unavailable-group.ts';

/** Which resource an object's apiVersion and kind stand for, as the server's discovery says. */
export interface RestMapper {
  /**
   * Undefined if the server does not serve the kind. A kind that is not known yet is looked for anew, at most every few seconds; whether one that is known is still served
   * is asked once a minute, for whoever wants to know later.
   */
  resourceFor(apiVersion: string, kind: string, options?: RequestOptions): Promise<ResourceType | undefined>;
  /** What is known now, without asking the server. */
  known(apiVersion: string, kind: string): ResourceType | undefined;
  /** The resource of a kind in whatever version of its group, as is known now, the preferred one first; if there is none, a version of the group that is announced and can't be listed. */
  inGroup(group: string, kind: string): { type?: ResourceType; unavailable?: string };
  /** Why a group version that is announced can't be listed, as it was when the server was asked last; undefined if there is no such. */
  whyUnavailable(apiVersion: string, options?: RequestOptions): Promise<string | undefined>;
  /** Asks the server anew; the same object as before if nothing has changed. */
  reload(options?: RequestOptions): Promise<DiscoveredApis>;
  /** Calls back whenever there is a kind that was not known before. */
  onNewKind(listener: () => void): () => void;
}

const RELOAD_PERIOD_MS = 5000;
const RENEWAL = { everyMs: 60_000, timeoutMs: 30_000 };

export function newRestMapper(client: KubeClient, timers: Timers = systemTimers): RestMapper {
  const discover = newDiscovery(client);
  const listeners = new Set<() => void>();
  let types = new Map<string, ResourceType>();
  let latest: DiscoveredApis | undefined;
  let loadedAtMs = Number.NEGATIVE_INFINITY;
  let renewedAtMs = Number.NEGATIVE_INFINITY;
  let loading: Promise<DiscoveredApis> | undefined;
  const reasons = new Map<string, string>();

  const take = (apis: DiscoveredApis): void => {
    latest = apis;
    const former = types;
    const next = typesByKind(apis);
    for (const [key, type] of former) if (apis.unavailable.includes(apiVersionOf(type))) next.set(key, type);
    types = next;
    if ([...next.keys()].some((key) => !former.has(key))) for (const listener of [...listeners]) listener();
  };
  const load = async (options?: RequestOptions): Promise<DiscoveredApis> => {
    const apis = await discover(options);
    loadedAtMs = timers.monotonic();
    reasons.clear();
    if (apis !== latest) take(apis);
    return apis;
  };
  const reload = (options?: RequestOptions): Promise<DiscoveredApis> => {
    loading ??= load(options).finally(() => {
      loading = undefined;
    });
    return loading;
  };
  const renew = (): void => {
    const now = timers.monotonic();
    if (now - Math.max(loadedAtMs, renewedAtMs) < RENEWAL.everyMs) return;
    renewedAtMs = now;
    const limit = { signal: undefined, timeoutMs: RENEWAL.timeoutMs, what: () => 'discovery' };
    void withDeadline(timers, limit, (signal) => reload({ signal })).catch(() => {}); // what is known stays so
  };
  const known = (apiVersion: string, kind: string): ResourceType | undefined => types.get(`${apiVersion}|${kind}`);
  const whyUnavailable = async (apiVersion: string, options: RequestOptions = {}): Promise<string | undefined> => {
    if (!latest?.unavailable.includes(apiVersion)) return undefined;
    const reason = reasons.get(apiVersion) ?? (await reasonOfUnavailable(client, apiVersion, options));
    reasons.set(apiVersion, reason);
    return reason;
  };
  return {
    known,
    inGroup: (group, kind) => {
      const type = [...types.values()].find((one) => one.group === group && one.kind === kind);
      const unavailable = latest?.unavailable.find((apiVersion) => parseApiVersion(apiVersion).group === group);
      return { ...(type ? { type } : {}), ...(unavailable === undefined ? {} : { unavailable }) };
    },
    reload,
    whyUnavailable,
    onNewKind: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    resourceFor: async (apiVersion, kind, options) => {
      const type = known(apiVersion, kind);
      if (type) renew();
      if (type || timers.monotonic() - loadedAtMs < RELOAD_PERIOD_MS) return type;
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
