import { newForbidden, StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import { plainValue } from '../cel/plain-value.ts';
import { objectKey } from '../registry/keys.ts';
import { decodeEntry } from '../registry/object-codec.ts';
import type { AdmissionCheck, AdmissionContext, Registry } from '../registry/registry.ts';
import {
  type Annotate,
  annotateFailure,
  type CollectedAnnotations,
  newCollectedAnnotations,
} from './audit-annotations.ts';
import { authorizerOf } from './authorizer-of-request.ts';
import { type ResourceForm, requestedForm } from './equivalent-forms.ts';
import { evaluatePolicy, type Violation } from './evaluate-policy.ts';
import { matchedForm, type PolicySubject } from './match-rules.ts';
import type { Known } from './policy-activation.ts';
import { ConfigurationError, paramsOf } from './policy-params.ts';
import type { BoundPolicy, PolicyReader } from './policy-reader.ts';

/**
 * ValidatingAdmissionPolicies: asked about every write once it is valid. Policies and their bindings themselves are not judged, so that a wrong one can be taken back.
 * Source: Kubernetes documentation, "Validating Admission Policy"; k8s.io/apiserver, `pkg/admission/plugin/policy/validating/dispatcher.go`.
 */
export function newPolicyCheck(registry: Registry, policies: PolicyReader, authorize: Authorizer): AdmissionCheck {
  return (context, object, old) => {
    if (isExempt(context)) return;
    const bound = policies.bound();
    if (bound.length === 0) return;
    const { catalog } = registry;
    const subject = { context, object, old, catalog, namespaceObject: namespaceOf(registry, context) };
    const collected = new Map<string, CollectedAnnotations>();
    const [first] = bound.flatMap((each) => judge({ registry, authorize, collected }, each, subject));
    for (const { publish } of collected.values()) publish(annotatorOf(context));
    if (first) throw newDenied(subject, first);
  };
}

const annotatorOf =
  ({ annotate }: AdmissionContext): Annotate =>
  (key, value) =>
    annotate?.(key, value);

interface Denial extends Omit<Violation, 'index'> {
  /** Which policy, with which binding. */
  names: string;
}

function isExempt({ definition: { group, plural } }: AdmissionContext): boolean {
  return group === 'admissionregistration.k8s.io' && /^(validat|mutat)ingadmissionpolic/.test(plural);
}

/** None of a Namespace, though that is in itself. */
function namespaceOf(registry: Registry, context: AdmissionContext): Unstructured | undefined {
  const { namespace } = context;
  const definition = registry.catalog.find('', 'v1', 'namespaces');
  if (context.definition === definition) return undefined;
  const entry = namespace && definition ? registry.storage.get(objectKey(definition, '', namespace)) : undefined;
  return entry && definition && decodeEntry(definition, entry);
}

interface Judges {
  registry: Registry;
  authorize: Authorizer;
  /** By the names of policies. */
  collected: Map<string, CollectedAnnotations>;
}

/** What is denied; warns, and tells the audit log, where the binding says so. The object is seen as the policy's constraints name it. */
function judge({ registry, authorize, collected }: Judges, bound: BoundPolicy, subject: PolicySubject): Denial[] {
  const { policy, binding } = bound;
  const form = matchedForm(policy.spec?.matchConstraints, subject);
  if (!form || !matchedForm(binding.spec?.matchResources, subject)) return [];
  const ofPolicy = `ValidatingAdmissionPolicy '${policy.metadata.name}'`;
  const names = `${ofPolicy} with binding '${binding.metadata.name}'`;
  try {
    const params = paramsOf(registry, bound, subject.context.namespace);
    const known = params.length === 0 ? undefined : knownOf(subject, form, authorize);
    const annotations = annotationsOf(collected, policy.metadata.name ?? '');
    return params.flatMap((each) =>
      known ? denials({ bound, names, annotations }, { ...known, params: plainValue(each) }, subject) : [],
    );
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    if (policy.spec?.failurePolicy === 'Ignore') return [];
    return [{ reason: 'Invalid', message: error.message, names: error.isOfPolicy ? ofPolicy : names }];
  }
}

function annotationsOf(collected: Judges['collected'], policy: string): CollectedAnnotations {
  const known = collected.get(policy) ?? newCollectedAnnotations(policy);
  collected.set(policy, known);
  return known;
}

interface Asked {
  bound: BoundPolicy;
  names: string;
  annotations: CollectedAnnotations;
}

function denials({ bound, names, annotations }: Asked, known: Known, { context }: PolicySubject): Denial[] {
  const actions = bound.binding.spec?.validationActions ?? [];
  const { violations, failures, annotations: made } = evaluatePolicy(bound.policy, known);
  for (const { key, value } of made) annotations.add(key, value);
  if (actions.includes('Audit'))
    for (const violation of violations) annotateFailure(annotatorOf(context), bound, violation);
  if (actions.includes('Warn'))
    for (const { message } of violations) context.warn(`Validation failed for ${names}: ${message}`);
  return [
    ...(actions.includes('Deny') ? violations.map(({ reason, message }) => ({ reason, message, names })) : []),
    ...failures.map((message): Denial => ({ reason: 'Invalid', message, names })),
  ];
}

function knownOf(subject: PolicySubject, form: ResourceForm, authorize: Authorizer): Omit<Known, 'params'> {
  const { object, old, namespaceObject, context } = subject;
  return {
    object: plainValue(object && form.convert(object)),
    oldObject: plainValue(old && form.convert(old)),
    namespaceObject: plainValue(namespaceObject && shownNamespace(namespaceObject)),
    request: plainValue(requestOf(subject, form)),
    authorizer: authorizerOf(context, authorize),
  };
}

/** Who wrote it, and who owns it, is nobody's business. */
function shownNamespace({ metadata, spec, status }: Unstructured): object {
  const { managedFields: _managers, ownerReferences: _owners, ...shown } = metadata;
  return { metadata: shown, spec, status };
}

const resourceOf = ({ group, version, plural: resource }: ResourceForm): object => ({ group, version, resource });

/** The AdmissionRequest. */
function requestOf({ context }: PolicySubject, form: ResourceForm): object {
  const { operation, subresource, namespace, name, user, dryRun } = context;
  const asRequested = requestedForm(context);
  return {
    uid: '',
    kind: form.kind,
    requestKind: asRequested.kind,
    resource: resourceOf(form),
    requestResource: resourceOf(asRequested),
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

function newDenied({ context, object }: PolicySubject, { reason, message, names }: Denial): StatusError {
  const { definition } = context;
  const why = `${names} denied request: ${message}`;
  const name = context.name || object?.metadata.name || object?.metadata.generateName || 'Unknown';
  const { status } = newForbidden({ group: definition.group, resource: definition.plural, name }, why);
  const details = { ...status.details, causes: [{ message: why }] };
  return new StatusError({ ...status, reason, code: CODES[reason], details });
}
