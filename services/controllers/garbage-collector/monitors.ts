import { setMaxListeners } from 'node:events';
import type { KubeObject, OwnerReference, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { groupResource, type ResourceType } from '../../../shared/apis/resource-type.ts';
import { withAnyOf } from '../../../shared/client/deadline.ts';
import type { Source } from '../../../shared/controller/controller.ts';
import type { HubControllerDeps } from '../controller-deps.ts';
import { readServedResources, type ServedResource } from '../served-resources.ts';
import {
  graphIndexes,
  isKindOf,
  keepMetadata,
  keysToLookAt,
  type MetadataInformer,
  newMetadataGraph,
} from './metadata-graph.ts';

/**
 * One metadata informer for every resource that can be listed, watched and deleted, started and stopped as the API's resources come and go. Looks at
 * discovery when told to (`refresh`).
 */
export interface Monitors extends Source {
  readonly informers: ReadonlyMap<string, MetadataInformer>;
  typeOfOwner(owner: OwnerReference): ResourceType<Unstructured> | undefined;
  /** Reads discovery again and follows it. Throws if discovery can't be read. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

/** Never owned and never owners; many and short-lived. */
const IGNORED = new Set(['events', 'events.events.k8s.io']);

interface Running {
  stop: () => void;
  ended: Promise<void>;
  unsubscribe: (() => void) | undefined;
}

export function newMonitors(deps: Omit<HubControllerDeps, 'newController'>): Monitors {
  const informers = new Map<string, MetadataInformer>();
  const running = new Map<string, Running>();
  const ending = new AbortController();
  // Discovery asks many things at once, each of which listens to it.
  setMaxListeners(0, ending.signal);
  const graph = newMetadataGraph(informers);
  let served: ServedResource[] = [];
  let enqueue: ((key: string) => void) | undefined;

  const subscribe = (name: string, informer: MetadataInformer): (() => void) | undefined => {
    const tell = enqueue;
    if (!tell) return undefined;
    const toKeys = keysToLookAt(graph, informer.type);
    const unsubscribe = informer.addHandler((change) => {
      for (const key of toKeys(change)) tell(key);
    });
    deps.log.debug({ resource: name }, 'collecting garbage of a resource');
    return unsubscribe;
  };
  const start = ({ type }: ServedResource): void => {
    const name = groupResource(type);
    const { client, clock, log } = deps;
    const options = { client, clock, log, indexes: graphIndexes, transform: keepMetadata };
    const informer = deps.newInformer<KubeObject>({ ...options, type: type as ResourceType<KubeObject> });
    informers.set(name, informer);
    const aborter = new AbortController();
    const ended = withAnyOf([aborter.signal, ending.signal], (signal) => informer.run(signal));
    running.set(name, { stop: () => aborter.abort(), ended, unsubscribe: subscribe(name, informer) });
  };
  const drop = (name: string): void => {
    const gone = running.get(name);
    gone?.unsubscribe?.();
    gone?.stop();
    running.delete(name);
    informers.delete(name);
  };
  const refresh = async (): Promise<void> => {
    const answer = await readServedResources(deps.client, ending.signal);
    const groups = new Set(answer.failed.map(({ groupVersion }) => groupVersion.split('/')[0]));
    const wanted = new Map(answer.resources.filter(isCollectable).map((item) => [groupResource(item.type), item]));
    for (const [name, informer] of informers) {
      // What could not be read may still be there.
      if (!wanted.has(name) && !groups.has(informer.type.group)) drop(name);
    }
    for (const [name, resource] of wanted) if (!informers.has(name)) start(resource);
    served = answer.resources;
  };
  return {
    name: 'metadata of all resources',
    informers,
    typeOfOwner: (owner) => served.find(({ type }) => isKindOf(type, owner))?.type,
    refresh,
    synced: async () => {
      // One that ended before it synced was of a resource that went away meanwhile.
      await Promise.allSettled([...informers.values()].map((informer) => informer.synced()));
    },
    subscribe: (tell) => {
      enqueue = tell;
      for (const [name, informer] of informers) {
        const entry = running.get(name);
        if (entry) entry.unsubscribe = subscribe(name, informer);
      }
      return () => {
        enqueue = undefined;
        for (const entry of running.values()) entry.unsubscribe?.();
      };
    },
    stop: async () => {
      ending.abort();
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
}

function isCollectable({ type, verbs }: ServedResource): boolean {
  return !IGNORED.has(groupResource(type)) && ['list', 'watch', 'delete'].every((verb) => verbs.includes(verb));
}
