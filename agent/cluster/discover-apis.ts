import { apiVersionOf } from '../../shared/apis/resource-type.ts';
import type { DiscoveredApis } from '../../shared/client/discovery.ts';
import type { RestMapper } from '../../shared/client/rest-mapper.ts';
import type { MemberApis } from './api-enablements.ts';

/** Asks the member, through its mapper, which APIs it serves now. */
export function newApiDiscovery(mapper: RestMapper): (signal: AbortSignal) => Promise<MemberApis> {
  return async (signal) => memberApis(await mapper.reload({ signal }));
}

function memberApis({ groupVersions, unavailable }: DiscoveredApis): MemberApis {
  const resources = groupVersions.flatMap((groupVersion) =>
    groupVersion.resources.map(({ name, kind }) => ({
      groupVersion: apiVersionOf(groupVersion),
      resource: name,
      kind,
    })),
  );
  return { resources, failed: unavailable };
}
