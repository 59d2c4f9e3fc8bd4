import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { RestMapper } from '../../shared/client/rest-mapper.ts';
import type { DeliveryDeps } from './controller.ts';

/** What delivery asks about the member's kinds, answered by its discovery. */
export function newKindLookup(mapper: RestMapper): Pick<DeliveryDeps, 'resourceFor' | 'reloadKinds' | 'onNewKind'> {
  return {
    resourceFor: (apiVersion, kind, signal) =>
      mapper.resourceFor(apiVersion, kind, { signal }) as Promise<ResourceType<Unstructured> | undefined>,
    reloadKinds: async (signal) => void (await mapper.reload({ signal })),
    onNewKind: mapper.onNewKind,
  };
}
