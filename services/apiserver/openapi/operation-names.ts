import type { ResourceDefinition } from '../types/resource-definition.ts';

/** The names by which generated clients know groups, versions and operations. Source: apiserver, endpoints/openapi, GetOperationIDAndTags. */

/** Only letters, digits and underscores; what follows another character begins with a capital. */
function identifier(text: string): string {
  const others = /(?:^[^A-Za-z_]|[^A-Za-z0-9_])[^A-Za-z0-9_]*(.?)/g;
  return text.replace(others, (_, letter: string) => letter.toUpperCase());
}

const capitalized = (text: string): string => identifier(text).replace(/^./, (letter) => letter.toUpperCase());

const groupName = (group: string): string => (group === '' ? 'core' : group.replace(/\.k8s\.io$/, ''));

/** `apps_v1`, or without a version `apps`. */
export function tagOf(group: string, version?: string): string {
  return [groupName(group), ...(version === undefined ? [] : [version])].map(identifier).join('_');
}

/** `AppsV1` */
export function groupVersionName(group: string, version?: string): string {
  return capitalized(groupName(group)) + (version === undefined ? '' : capitalized(version));
}

/** `replaceAppsV1NamespacedDeploymentStatus`, `listAppsV1DeploymentForAllNamespaces`. `what` is what stands around the kind. */
export function operationId(
  { group, version, kind }: ResourceDefinition,
  verb: string,
  what: { before?: string; after?: string },
): string {
  const { before = '', after = '' } = what;
  return verb + groupVersionName(group, version) + capitalized(`${before}${kind}${after}`);
}
