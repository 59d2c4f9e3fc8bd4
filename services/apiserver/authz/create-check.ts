import type { AdmissionCheck } from '../registry/registry.ts';
import type { Authorizer } from './authorizer.ts';
import { newAccessDenied } from './forbidden.ts';

/**
 * Who creates must be allowed to create, by whichever verb: server-side apply and some updates create what is not there, and were authorized as
 * patch and update only. As upstream. Throws 403.
 */
export function newCreateCheck(authorize: Authorizer): AdmissionCheck {
  return ({ user, definition, operation, subresource, namespace, name }) => {
    if (operation !== 'CREATE') return;
    const { group, version, plural: resource } = definition;
    const place = { group, version, resource, subresource, namespace, name };
    const info = { ...place, isResource: true, verb: 'create', path: '' };
    const { allowed, reason } = authorize(user, info);
    if (!allowed) throw newAccessDenied(user, info, reason);
  };
}
