import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { Informer, InformerOptions } from '../../shared/controller/informer.ts';
import type { HubControllerDeps } from './controller-deps.ts';

/** Who manages which field is half of a small object, and none of these controllers asks. An update that does not name them leaves them. */
export function withoutManagedFields<T extends KubeObject>(object: T): T {
  const { managedFields, ...metadata } = object.metadata;
  return managedFields ? { ...object, metadata } : object;
}

/** What makes one informer of a resource different from another; the same words give the same informer. */
interface InformerScope<T extends KubeObject> {
  namespace?: string;
  fieldSelector?: string;
  /** Must be the same wherever the informer is asked for: the first one counts. */
  transform?: (object: T) => T;
  indexes?: Record<string, (object: T) => string[]>;
}

/** One shared informer per resource and scope, made when it is first asked for. */
export interface Informers {
  of<T extends KubeObject>(type: ResourceType<T>, scope?: InformerScope<T>): Informer<T>;
  /** Whether each asked for so far has its first list. */
  hasSynced(): boolean;
  /** Runs every informer asked for so far until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export function newInformers(deps: Omit<HubControllerDeps, 'newController'>): Informers {
  const made = new Map<string, Informer<KubeObject>>();
  return {
    of<T extends KubeObject>(type: ResourceType<T>, scope: InformerScope<T> = {}): Informer<T> {
      const key = [type.group, type.resource, scope.namespace ?? '', scope.fieldSelector ?? ''].join('|');
      const existing = made.get(key);
      if (existing) return existing as unknown as Informer<T>;
      const { client, clock, log } = deps;
      const options: InformerOptions<T> = { client, type, clock, log, transform: withoutManagedFields, ...scope };
      const informer = deps.newInformer(options);
      made.set(key, informer as unknown as Informer<KubeObject>);
      return informer;
    },
    hasSynced: () => [...made.values()].every((informer) => informer.hasSynced()),
    run: async (signal) => {
      await Promise.all([...made.values()].map((informer) => informer.run(signal)));
    },
  };
}
