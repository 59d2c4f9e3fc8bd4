import { randomUUID } from 'node:crypto';
import { newForbidden, StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { objectKey } from '../registry/keys.ts';
import { decodeEntry } from '../registry/object-codec.ts';
import type { AdmissionCheck, AdmissionContext, Registry } from '../registry/registry.ts';
import { celValue } from '../types/cel-value.ts';
import { evaluatePolicy, type Violation } from './evaluate-policy.ts';
import { isMatched, type PolicySubject } from './match-rules.ts';
import { ConfigurationError, paramsOf } from './policy-params.ts';
import type { BoundPolicy, PolicyReader } from './policy-reader.ts';

/**
 * ValidatingAdmissionPolicies: asked about every write once it is valid. Policies and their bindings themselves are not judged, so that a wrong one can be taken back.
 * Not there: `authorizer` in expressions, audit annotations, and limits on what an expression may cost.
 * Source: Kubernetes documentation, "Validating Admission Policy".
 */
export function newPolicyCheck(registry: Registry, policies: PolicyReader): AdmissionCheck {
  return (context, object, old) => {
    const bound = policies.bound();
    if (bound.length === 0 || isExempt(context)) return;
    const subject = { context, object, old, namespaceObject: namespaceOf(registry, context) };
    for (const each of bound) judge(registry, each, subject);
  };
}

function isExempt({ definition: { group, plural } }: AdmissionContext): boolean {
  return group === 'admissionregistration.k8s.io' && plural.startsWith('validatingadmissionpolic');
}

function namespaceOf(registry: Registry, { namespace }: AdmissionContext): Unstructured | undefined {
  const definition = registry.catalog.find('', 'v1', 'namespaces');
  const entry = namespace && definition ? registry.storage.get(objectKey(definition, '', namespace)) : undefined;
  return entry && definition && decodeEntry(definition, entry);
}

/** Throws for what is denied; warns where the binding says so. */
function judge(registry: Registry, bound: BoundPolicy, subject: PolicySubject): void {
  const { policy, binding } = bound;
  if (!isMatched(policy.spec?.matchConstraints, subject) || !isMatched(binding.spec?.matchResources, subject)) return;
  const actions = binding.spec?.validationActions ?? [];
  const params = usableParams(registry, bound, subject.context);
  const violations = violationsOf(bound, subject, params);
  const names = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
  if (actions.includes('Warn'))
    for (const { message } of violations) subject.context.warn(`Validation failed for ${names}: ${message}`);
  const [first] = violations;
  if (first && actions.includes('Deny')) throw newDenied(subject.context, names, first);
}

/** None where the policy lets pass what it can't be asked about. Throws for what is denied. */
function usableParams(registry: Registry, bound: BoundPolicy, context: AdmissionContext): (Unstructured | undefined)[] {
  try {
    return paramsOf(registry, bound, context.namespace);
  } catch (error) {
    const { policy, binding } = bound;
    if (policy.spec?.failurePolicy === 'Ignore') return [];
    const isOfPolicy = error instanceof ConfigurationError && error.isOfPolicy;
    const names = `ValidatingAdmissionPolicy '${policy.metadata.name}'${isOfPolicy ? '' : ` with binding '${binding.metadata.name}'`}`;
    const message = error instanceof Error ? error.message : String(error);
    throw newDenied(context, names, { reason: 'Invalid', message });
  }
}

function violationsOf(
  bound: BoundPolicy,
  subject: PolicySubject,
  params: readonly (Unstructured | undefined)[],
): Violation[] {
  const { object, old, namespaceObject } = subject;
  const known = {
    object: object ? celValue(object, {}) : null,
    oldObject: old ? celValue(old, {}) : null,
    namespaceObject: namespaceObject ? celValue(namespaceObject, {}) : null,
    request: requestOf(subject),
  };
  try {
    return params.flatMap((each) =>
      evaluatePolicy(bound.policy, { ...known, params: each ? celValue(each, {}) : null }),
    );
  } catch (error) {
    if (bound.policy.spec?.failurePolicy === 'Ignore') return [];
    return [{ reason: 'Invalid', message: error instanceof Error ? error.message : String(error) }];
  }
}

/** The AdmissionRequest, as far as expressions ask for it. */
function requestOf({ context, object }: PolicySubject): object {
  const { definition, operation, subresource, namespace, user, dryRun } = context;
  const { group, version, kind, plural: resource } = definition;
  const [gvk, gvr] = [
    { group, version, kind },
    { group, version, resource },
  ];
  const name = context.name || (object?.metadata.name ?? '');
  return {
    uid: randomUUID(),
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
      ...(user.extra ? { extra: user.extra } : {}),
    },
    dryRun,
  };
}

const CODES = { Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413, Invalid: 422 } as const;

function newDenied({ definition, name }: AdmissionContext, names: string, { reason, message }: Violation): StatusError {
  const why = `${names} denied request: ${message}`;
  const { status } = newForbidden({ group: definition.group, resource: definition.plural, name }, why);
  const details = { ...status.details, causes: [{ message: why }] };
  return new StatusError({ ...status, reason, code: CODES[reason], details });
}
