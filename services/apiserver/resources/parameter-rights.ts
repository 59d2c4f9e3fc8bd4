import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { GROUP_MASTERS, type UserInfo } from '../../../shared/apis/user-info.ts';
import type { AdmissionPolicy, AdmissionPolicyBinding } from '../admission-policy/policy-types.ts';
import { isEqual } from '../merge/json-value.ts';
import { goText } from '../registry/go-text.ts';
import type { WriteContext } from '../registry/strategy.ts';
import { forbidden } from '../types/field-error.ts';

/**
 * Whoever writes a policy or a binding can read through its expressions what is named as parameters, and so must have the right to. Source: registry/admissionregistration,
 * `authz.go` of policies and of bindings.
 */

type ParamKind = NonNullable<NonNullable<AdmissionPolicy['spec']>['paramKind']>;

/** Of which resource parameters of a kind are; of all where it is not known. */
interface Parameters {
  group: string;
  version: string;
  resource: string;
}

const ALL: Parameters = { group: '*', version: '*', resource: '*' };

export function paramKindRights(object: Unstructured, old: Unstructured | undefined, write: WriteContext) {
  const kind = paramKindOf(object);
  if (!kind || (old && isEqual(kind, paramKindOf(old)))) return [];
  if (mayRead(write, { ...parametersOf(write, kind), verb: 'get', namespace: '*', name: '*' })) return [];
  const { kind: name = '', apiVersion = '' } = kind;
  const what = `all objects of the referenced paramKind (kind=${name}, apiVersion=${apiVersion})`;
  return [forbidden('spec.paramKind', `user ${userText(write.user)} must have "get" permission on ${what}`)];
}

/** `policies`: the resource of those that such bindings name. */
export function paramRefRights(
  policies: 'validatingadmissionpolicies' | 'mutatingadmissionpolicies',
  object: Unstructured,
  write: WriteContext,
): StatusCause[] {
  const { paramRef, policyName = '' } = (object as Unstructured & AdmissionPolicyBinding).spec ?? {};
  if (!paramRef) return [];
  const policy = policyOf(write, policies, policyName);
  const kind = policy && paramKindOf(policy);
  const parameters = kind ? parametersOf(write, kind) : ALL;
  const { name = '', namespace = '' } = paramRef;
  const verb = name === '' ? 'list' : 'get';
  if (mayRead(write, { ...parameters, verb, namespace, name })) return [];
  const user = userText(write.user);
  const unknown = policy
    ? kind && parameters.resource === '*' && `resolve paramKind ${kindText(kind)}`
    : `get policy ${policyName}`;
  if (unknown) {
    const lack = `does not have "${verb}" permission for all groups, versions and resources`;
    return [
      forbidden(
        'spec.paramRef',
        `unable to ${unknown} to determine minimum required permissions and user ${user} ${lack}`,
      ),
    ];
  }
  // Of policies that change objects upstream has the two the other way round.
  const [who, what] = policies === 'validatingadmissionpolicies' ? [user, verb] : [verb, user];
  return [
    forbidden('spec.paramRef', `user ${who} does not have "${what}" permission on the object referenced by paramRef`),
  ];
}

const paramKindOf = (policy: Unstructured): ParamKind | undefined =>
  (policy as Unstructured & AdmissionPolicy).spec?.paramKind ?? undefined;

function parametersOf({ registry }: WriteContext, { apiVersion = '', kind = '' }: ParamKind): Parameters {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return { group, version, resource: registry.catalog.findKind(group, version, kind)?.plural ?? '*' };
}

function policyOf({ registry }: WriteContext, resource: string, name: string): Unstructured | undefined {
  const entry = registry.storage.get(`/admissionregistration.k8s.io/${resource}//${name}`);
  return entry && JSON.parse(Buffer.from(entry.value).toString());
}

interface Asked extends Parameters {
  verb: string;
  namespace: string;
  name: string;
}

function mayRead({ registry, user }: WriteContext, asked: Asked): boolean {
  if (user.groups.includes(GROUP_MASTERS)) return true;
  return registry.authorize(user, { ...asked, isResource: true, path: '', subresource: '' }).allowed;
}

/** As Go prints its struct. */
const userText = ({ name, uid = '', groups, extra }: UserInfo): string =>
  `&{${name} ${uid} ${goText(groups)} ${goText(extra ?? {})}}`;
const kindText = ({ apiVersion, kind }: ParamKind): string => `&{${apiVersion} ${kind}}`;
