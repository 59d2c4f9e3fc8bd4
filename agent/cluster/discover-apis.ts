import { apiVersionOf } from '../../shared/apis/resource-type.ts';
import type { DiscoveredApis } from '../../shared/client/discovery.ts';
import type { RestMapper } from '../../shared/client/rest-mapper.ts';
import type { MemberApis } from './api-enablements.ts';

/** Asks the member, through its mapper, which APIs it serves now; the same object as before if nothing has changed. */
export function newApiDiscovery(mapper: RestMapper): (signal: AbortSignal) => Promise<MemberApis> {
  let latest: { discovered: DiscoveredApis; apis: MemberApis } | undefined;
  return async (signal) => {
    const discovered = await mapper.reload({ signal });
    if (latest?.discovered !== discovered) latest = { discovered, apis: memberApis(discovered) };
    return latest.apis;
  };
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
