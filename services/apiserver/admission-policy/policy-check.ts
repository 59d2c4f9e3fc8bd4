import { newForbidden, StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import { plainValue } from '../cel/plain-value.ts';
import { objectKey } from '../registry/keys.ts';
import { decodeEntry } from '../registry/object-codec.ts';
import type { AdmissionCheck, AdmissionContext, Registry } from '../registry/registry.ts';
import { authorizerOf } from './authorizer-of-request.ts';
import { evaluatePolicy, type Violation } from './evaluate-policy.ts';
import { isMatched, type PolicySubject } from './match-rules.ts';
import type { Known } from './policy-activation.ts';
import { ConfigurationError, paramsOf } from './policy-params.ts';
import type { BoundPolicy, PolicyReader } from './policy-reader.ts';

/**
 * ValidatingAdmissionPolicies: asked about every write once it is valid. Policies and their bindings themselves are not judged, so that a wrong one can be taken back.
 * Source: Kubernetes documentation, "Validating Admission Policy"; k8s.io/apiserver, `pkg/admission/plugin/policy/validating/dispatcher.go`.
 */
export function newPolicyCheck(registry: Registry, policies: PolicyReader, authorize: Authorizer): AdmissionCheck {
  return (context, object, old) => {
    const bound = policies.bound();
    if (bound.length === 0 || isExempt(context)) return;
    const subject = { context, object, old, namespaceObject: namespaceOf(registry, context) };
    const [first] = bound.flatMap((each) => judge({ registry, authorize }, each, subject));
    if (first) throw newDenied(context, first);
  };
}

interface Denial extends Omit<Violation, 'index'> {
  /** Which policy, with which binding. */
  names: string;
}

function isExempt({ definition: { group, plural } }: AdmissionContext): boolean {
  return group === 'admissionregistration.k8s.io' && plural.startsWith('validatingadmissionpolic');
}

function namespaceOf(registry: Registry, { namespace }: AdmissionContext): Unstructured | undefined {
  const definition = registry.catalog.find('', 'v1', 'namespaces');
  const entry = namespace && definition ? registry.storage.get(objectKey(definition, '', namespace)) : undefined;
  return entry && definition && decodeEntry(definition, entry);
}

/** What is denied; warns where the binding says so. */
function judge(
  { registry, authorize }: { registry: Registry; authorize: Authorizer },
  bound: BoundPolicy,
  subject: PolicySubject,
): Denial[] {
  const { policy, binding } = bound;
  if (!isMatched(policy.spec?.matchConstraints, subject) || !isMatched(binding.spec?.matchResources, subject))
    return [];
  const ofPolicy = `ValidatingAdmissionPolicy '${policy.metadata.name}'`;
  const names = `${ofPolicy} with binding '${binding.metadata.name}'`;
  try {
    const params = paramsOf(registry, bound, subject.context.namespace);
    const known = params.length === 0 ? undefined : knownOf(subject, authorize);
    return params.flatMap((each) =>
      known ? denials(bound, { ...known, params: plainValue(each) }, subject, names) : [],
    );
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    if (policy.spec?.failurePolicy === 'Ignore') return [];
    return [{ reason: 'Invalid', message: error.message, names: error.isOfPolicy ? ofPolicy : names }];
  }
}

function denials({ policy, binding }: BoundPolicy, known: Known, { context }: PolicySubject, names: string): Denial[] {
  const actions = binding.spec?.validationActions ?? [];
  const { violations, failures } = evaluatePolicy(policy, known);
  if (actions.includes('Warn'))
    for (const { message } of violations) context.warn(`Validation failed for ${names}: ${message}`);
  return [
    ...(actions.includes('Deny') ? violations.map(({ reason, message }) => ({ reason, message, names })) : []),
    ...failures.map((message): Denial => ({ reason: 'Invalid', message, names })),
  ];
}

function knownOf(subject: PolicySubject, authorize: Authorizer): Omit<Known, 'params'> {
  const { object, old, namespaceObject, context } = subject;
  return {
    object: plainValue(object),
    oldObject: plainValue(old),
    namespaceObject: plainValue(namespaceObject && shownNamespace(namespaceObject)),
    request: plainValue(requestOf(subject)),
    authorizer: authorizerOf(context, authorize),
  };
}

/** Who wrote it, and who owns it, is nobody's business. */
function shownNamespace({ metadata, spec, status }: Unstructured): object {
  const { managedFields: _managers, ownerReferences: _owners, ...shown } = metadata;
  return { metadata: shown, spec, status };
}

/** The AdmissionRequest. */
function requestOf({ context }: PolicySubject): object {
  const { definition, operation, subresource, namespace, name, user, dryRun } = context;
  const { group, version, kind, plural: resource } = definition;
  const [gvk, gvr] = [
    { group, version, kind },
    { group, version, resource },
  ];
  return {
    uid: '',
    kind: gvk,
    requestKind: gvk,
    resource: gvr,
    requestResource: gvr,
    ...(subresource ? { subResource: subresource, requestSubResource: subresource } : {}),
    ...(name ? { name } : {}),
    ...(namespace ? { namespace } : {}),
    operation,
    userInfo: {
      username: user.name,
      ...(user.uid ? { uid: user.uid } : {}),
      groups: user.groups,
      ...(Object.keys(user.extra ?? {}).length > 0 ? { extra: user.extra } : {}),
    },
    dryRun,
    options: optionsOf(context),
  };
}

const OPTIONS = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' } as const;

const optionsOf = ({ operation, dryRun }: AdmissionContext): object => ({
  kind: OPTIONS[operation],
  apiVersion: 'meta.k8s.io/v1',
  ...(dryRun ? { dryRun: ['All'] } : {}),
});

const CODES = { Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413, Invalid: 422 } as const;

function newDenied({ definition, name }: AdmissionContext, { reason, message, names }: Denial): StatusError {
  const why = `${names} denied request: ${message}`;
  const { status } = newForbidden({ group: definition.group, resource: definition.plural, name }, why);
  const details = { ...status.details, causes: [{ message: why }] };
  return new StatusError({ ...status, reason, code: CODES[reason], details });
}
