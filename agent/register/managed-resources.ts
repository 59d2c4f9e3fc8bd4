import type { KubeClient } from '../../shared/client/client.ts';
import { type DiscoveredApis, discover } from '../../shared/client/discovery.ts';
import type { ManagedResource } from './agent-rights.ts';
import { RegisterError } from './register-options.ts';

/** Finds the resources that a user means by names as kubectl takes them. */

export interface FoundResources {
  resources: ManagedResource[];
  /** `resource.group` of which the member serves none now: a CRD that is to come, or a slip. */
  unknown: string[];
}

/** `deployments`, `deploy`, `deployments.apps`, `*.apps`. Throws RegisterError for a name that can't be meant. */
export async function findResources(
  member: KubeClient,
  names: readonly string[],
  signal: AbortSignal,
): Promise<FoundResources> {
  const apis = await discover(member, { signal });
  const unknown: string[] = [];
  const resources = names.map((text) => {
    const [, name = '', group] = /^([^.]+)(?:\.(.+))?$/.exec(text.toLowerCase()) ?? [];
    const found = lookUp(apis, name, group);
    if (found) return found;
    if (group === undefined) {
      throw new RegisterError(`--manage ${text}: the member serves no such resource`, {
        fix: 'Give its name as `kubectl api-resources` shows it; with its group if it is yet to come: widgets.example.com',
      });
    }
    unknown.push(text);
    return { group, resource: name };
  });
  return { resources, unknown };
}

function lookUp(apis: DiscoveredApis, name: string, group: string | undefined): ManagedResource | undefined {
  const inGroup = apis.groupVersions.filter((version) => group === undefined || version.group === group);
  if (name === '*') return group !== undefined && inGroup.length > 0 ? { group, resource: '*' } : undefined;
  for (const version of inGroup) {
    const found = version.resources.find(
      (resource) =>
        resource.name === name ||
        resource.singularName === name ||
        resource.kind.toLowerCase() === name ||
        resource.shortNames.includes(name),
    );
    if (found) return { group: version.group, resource: found.name };
  }
  return undefined;
}
