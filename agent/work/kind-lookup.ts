import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import type { RestMapper } from '../../shared/client/rest-mapper.ts';
import type { DeliveryDeps } from './controller.ts';
import { UnavailableKind } from './kind-problems.ts';

/** What delivery asks about the member's kinds, answered by its discovery. */
export function newKindLookup(
  mapper: RestMapper,
): Pick<DeliveryDeps, 'resourceFor' | 'resourceInGroup' | 'reloadKinds' | 'onNewKind'> {
  return {
    resourceFor: async (apiVersion, kind, signal) => {
      const type = await mapper.resourceFor(apiVersion, kind, { signal });
      const reason = type ? undefined : await mapper.whyUnavailable(apiVersion, { signal });
      if (reason !== undefined) throw new UnavailableKind(apiVersion, kind, reason);
      return type as ResourceType<Unstructured> | undefined;
    },
    resourceInGroup: async (group, kind, signal) => {
      const { type, unavailable } = mapper.inGroup(group, kind);
      if (type || unavailable === undefined) return type as ResourceType<Unstructured> | undefined;
      const reason = await mapper.whyUnavailable(unavailable, { signal });
      throw new UnavailableKind(unavailable, kind, reason ?? 'it was not listed');
    },
    reloadKinds: async (signal) => void (await mapper.reload({ signal })),
    onNewKind: mapper.onNewKind,
  };
}
