import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import { type Asker, authorizerValue, type ResourceAttributes } from '../cel/authorizer-functions.ts';
import type { Opaque } from '../cel/cel-value.ts';
import type { AdmissionContext } from '../registry/registry.ts';

/** The variable `authorizer`: what whoever sends a request may do. */
export function authorizerOf(context: AdmissionContext, authorize: Authorizer): Opaque {
  const { definition, subresource, namespace, name, user } = context;
  const request = { group: definition.group, resource: definition.plural, subresource, namespace, name };
  return authorizerValue(askerFor(user, authorize), request);
}

function askerFor(user: UserInfo, authorize: Authorizer): Asker {
  return {
    mayVisit: (path, verb) => authorize(user, { ...NO_RESOURCE, path, verb }),
    may: (verb, attributes) => authorize(user, { ...NO_RESOURCE, ...attributes, verb, isResource: true, version: '*' }),
    serviceAccount: (namespace, name) =>
      askerFor(
        {
          name: `system:serviceaccount:${namespace}:${name}`,
          groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
        },
        authorize,
      ),
  };
}

const NO_NAMES: ResourceAttributes = { group: '', resource: '', subresource: '', namespace: '', name: '' };
const NO_RESOURCE = { ...NO_NAMES, isResource: false, verb: '', path: '', version: '' };
