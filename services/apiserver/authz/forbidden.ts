import { StatusError } from '../../../shared/apis/meta/status-error.ts';
import { groupResource } from '../../../shared/apis/resource-type.ts';
import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { RequestInfo } from '../request.ts';

/** The 403 for a request that nothing allows, in upstream's words (apiserver, endpoints/handlers/responsewriters). */
export function newAccessDenied(user: UserInfo, info: RequestInfo, reason: string): StatusError {
  const { group, resource, name } = info;
  const why = reason === '' ? describe(user, info) : `${describe(user, info)}: ${reason}`;
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: info.isResource ? `${subjectOf(info)} is forbidden: ${why}` : `forbidden: ${why}`,
    reason: 'Forbidden',
    details: { ...(name ? { name } : {}), ...(group ? { group } : {}), ...(resource ? { kind: resource } : {}) },
    code: 403,
  });
}

function subjectOf(info: RequestInfo): string {
  const resource = groupResource(info);
  return info.name === '' ? resource : `${resource} ${JSON.stringify(info.name)}`;
}

function describe(user: UserInfo, info: RequestInfo): string {
  const { verb, path, group, resource, subresource, namespace } = info;
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`;
  if (!info.isResource) return escapeHtml(`${who} path ${JSON.stringify(path)}`);
  const what = JSON.stringify(subresource === '' ? resource : `${resource}/${subresource}`);
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return escapeHtml(`${who} resource ${what} in API group ${JSON.stringify(group)} ${where}`);
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
