import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { matchesSelector } from '../registry/match-selector.ts';
import type { AdmissionContext } from '../registry/registry.ts';
import type { ResourceCatalog } from '../types/resource-definition.ts';
import { equivalentForms, type ResourceForm, requestedForm } from './equivalent-forms.ts';
import type { MatchResources, ResourceRule } from './policy-types.ts';

/** A write as the constraints of policies see it. */
export interface PolicySubject {
  context: AdmissionContext;
  object: Unstructured | undefined;
  old: Unstructured | undefined;
  /** Where it is, as far as that exists; absent for what is cluster-scoped. */
  namespaceObject: Unstructured | undefined;
  catalog: ResourceCatalog;
}

/** The form in which a policy, or its binding, is about a write; undefined where it is not. Absent constraints exclude nothing. */
export function matchedForm(
  match: MatchResources | null | undefined,
  subject: PolicySubject,
): ResourceForm | undefined {
  const asRequested = requestedForm(subject.context);
  if (!match) return asRequested;
  if (!isInNamespace(match.namespaceSelector, subject) || !hasLabels(match.objectSelector, subject)) return undefined;
  const { resourceRules, excludeResourceRules, matchPolicy } = match;
  const isFuzzy = matchPolicy !== 'Exact';
  if (excludeResourceRules?.length && formOfRules(excludeResourceRules, subject, isFuzzy)) return undefined;
  return resourceRules?.length ? formOfRules(resourceRules, subject, isFuzzy) : asRequested;
}

/** As it was asked for if any rule is about that, or else, if the rules are not meant exactly, in the first other form that one is about. */
function formOfRules(
  rules: readonly ResourceRule[],
  { context, catalog }: PolicySubject,
  isFuzzy: boolean,
): ResourceForm | undefined {
  const asRequested = requestedForm(context);
  if (rules.some((rule) => isRuled(rule, context, asRequested))) return asRequested;
  if (!isFuzzy) return undefined;
  const forms = equivalentForms(catalog, context);
  for (const rule of rules) {
    const form = forms.find((one) => isRuled(rule, context, one));
    if (form) return form;
  }
  return undefined;
}

function isRuled(rule: ResourceRule, context: AdmissionContext, { group, version, plural }: ResourceForm): boolean {
  const { definition, operation, subresource, name, namespace } = context;
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

/** Of a Namespace its own labels count, as they are to be unless a part of it is written; other cluster-scoped objects are in none and always match. */
function isInNamespace(selector: object | null | undefined, subject: PolicySubject): boolean {
  if (!selector || Object.keys(selector).length === 0) return true;
  const { context, object, old, namespaceObject } = subject;
  const isNamespace = context.definition.group === '' && context.definition.plural === 'namespaces';
  const found = isNamespace ? (context.subresource === '' && object) || (old ?? object) : namespaceObject;
  if (!found) return true;
  return matchesSelector(selector, found.metadata.labels ?? {});
}

/** The object as it is to be or as it was. */
function hasLabels(selector: object | null | undefined, { object, old }: PolicySubject): boolean {
  if (!selector || Object.keys(selector).length === 0) return true;
  return [object, old].some((each) => each && matchesSelector(selector, each.metadata.labels ?? {}));
}
