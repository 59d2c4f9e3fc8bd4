import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { matchesSelector } from '../registry/match-selector.ts';
import type { AdmissionContext } from '../registry/registry.ts';
import type { MatchResources, ResourceRule } from './policy-types.ts';

/** A write as the constraints of policies see it. */
export interface PolicySubject {
  context: AdmissionContext;
  object: Unstructured | undefined;
  old: Unstructured | undefined;
  /** Where it is, as far as that exists; absent for what is cluster-scoped. */
  namespaceObject: Unstructured | undefined;
}

/** Whether a write is one that a policy, or its binding, is about. Absent constraints exclude nothing. */
export function isMatched(match: MatchResources | null | undefined, subject: PolicySubject): boolean {
  if (!match) return true;
  const { context } = subject;
  const { resourceRules, excludeResourceRules } = match;
  if (excludeResourceRules?.some((rule) => isRuled(rule, context))) return false;
  if (resourceRules?.length && !resourceRules.some((rule) => isRuled(rule, context))) return false;
  return isInNamespace(match.namespaceSelector, subject) && hasLabels(match.objectSelector, subject);
}

function isRuled(rule: ResourceRule, context: AdmissionContext): boolean {
  const { definition, operation, subresource, name, namespace } = context;
  const { group, version, plural } = definition;
  const scope = rule.scope ?? '*';
  const isNamespaced = definition.namespaced && namespace !== '';
  return (
    isListed(rule.apiGroups, group) &&
    isListed(rule.apiVersions, version) &&
    isListed(rule.operations, operation) &&
    (rule.resources ?? []).some((pattern) => isResource(pattern, plural, subresource)) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(name)) &&
    (scope === '*' || (scope === 'Namespaced') === isNamespaced)
  );
}

const isListed = (list: string[] | null | undefined, value: string): boolean =>
  (list ?? []).some((each) => each === '*' || each === value);

/** `pods`, `pods/status`, `pods/*`, `*`, `*\/*`, `*\/status`: without a slash no subresource is meant. */
function isResource(pattern: string, plural: string, subresource: string): boolean {
  const [resource, sub = ''] = pattern.split('/');
  const isOfKind = resource === '*' || resource === plural;
  return isOfKind && (sub === '*' || sub === subresource);
}

/** Of a Namespace its own labels count; other cluster-scoped objects are in none and always match. */
function isInNamespace(selector: object | null | undefined, subject: PolicySubject): boolean {
  if (!selector || Object.keys(selector).length === 0) return true;
  const { context, object, old, namespaceObject } = subject;
  const isNamespace = context.definition.group === '' && context.definition.plural === 'namespaces';
  const found = isNamespace ? (object ?? old) : namespaceObject;
  if (!found) return true;
  return matchesSelector(selector, found.metadata.labels ?? {});
}

/** The object as it is to be or as it was. */
function hasLabels(selector: object | null | undefined, { object, old }: PolicySubject): boolean {
  if (!selector || Object.keys(selector).length === 0) return true;
  return [object, old].some((each) => each && matchesSelector(selector, each.metadata.labels ?? {}));
}
