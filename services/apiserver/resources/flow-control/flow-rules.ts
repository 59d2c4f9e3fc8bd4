import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { isDnsLabel } from '../../registry/object-names.ts';
import { invalid, notSupported, required } from '../../types/field-error.ts';

/** Which requests a FlowSchema is about. Source: flowcontrol/validation. Lists that have to be there are null where they are not. */

interface ResourceRule {
  verbs?: string[] | null;
  apiGroups?: string[] | null;
  resources?: string[] | null;
  namespaces?: string[] | null;
  clusterScope?: boolean;
}

interface PathRule {
  verbs?: string[] | null;
  nonResourceURLs?: string[] | null;
}

export interface FlowRule {
  resourceRules?: ResourceRule[];
  nonResourceRules?: PathRule[];
}

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];
const ALL = '*';

export function validateFlowRule({ resourceRules = [], nonResourceRules = [] }: FlowRule, field: string) {
  const isEmpty = resourceRules.length === 0 && nonResourceRules.length === 0;
  return [
    ...(isEmpty ? [required(field, 'at least one of resourceRules and nonResourceRules has to be non-empty')] : []),
    ...resourceRules.flatMap((rule, index) => validateResourceRule(rule, `${field}.resourceRules[${index}]`)),
    ...nonResourceRules.flatMap((rule, index) => validatePathRule(rule, `${field}.nonResourceRules[${index}]`)),
  ];
}

function validateResourceRule(rule: ResourceRule, field: string): StatusCause[] {
  const [apiGroups, resources] = [rule.apiGroups ?? [], rule.resources ?? []];
  return [
    ...validateVerbs(rule.verbs ?? [], `${field}.verbs`),
    ...(apiGroups.length === 0
      ? [required(`${field}.apiGroups`, 'resource rules must supply at least one api group')]
      : besideAll(apiGroups, `${field}.apiGroups`, 'api groups')),
    ...(resources.length === 0
      ? [required(`${field}.resources`, 'resource rules must supply at least one resource')]
      : besideAll(resources, `${field}.resources`, 'resources')),
    ...validateNamespaces(rule, `${field}.namespaces`),
  ];
}

/** What stands for everything stands alone. */
function besideAll(list: readonly string[], field: string, what: string): StatusCause[] {
  const isBeside = list.length > 1 && list.includes(ALL);
  return isBeside ? [invalid(field, list, `if '*' is present, must not specify other ${what}`)] : [];
}

function validateVerbs(verbs: readonly string[], field: string): StatusCause[] {
  if (verbs.length === 0) return [required(field, 'verbs must contain at least one value')];
  if (verbs.includes(ALL)) return besideAll(verbs, field, 'verbs');
  return verbs.every((verb) => VERBS.includes(verb)) ? [] : [notSupported(field, verbs, VERBS)];
}

function validateNamespaces({ clusterScope = false, ...rule }: ResourceRule, field: string): StatusCause[] {
  const namespaces = rule.namespaces ?? [];
  if (namespaces.length === 0 && !clusterScope)
    return [required(field, 'resource rules that are not cluster scoped must supply at least one namespace')];
  if (namespaces.includes(ALL)) return besideAll(namespaces, field, 'namespaces');
  const intro = "each member of this list must be '*' or a DNS-1123 label; ";
  return namespaces.flatMap((name, index) =>
    isDnsLabel(name).map((text) => invalid(`${field}[${index}]`, name, `${intro}${text}`)),
  );
}

function validatePathRule({ verbs, nonResourceURLs }: PathRule, field: string): StatusCause[] {
  const paths = nonResourceURLs ?? [];
  const at = `${field}.nonResourceURLs`;
  return [
    ...validateVerbs(verbs ?? [], `${field}.verbs`),
    ...(paths.length === 0
      ? [required(at, 'nonResourceURLs must contain at least one value')]
      : paths.includes(ALL)
        ? besideAll(paths, at, 'non-resource URLs')
        : paths.flatMap((path, index) => validatePath(path, `${at}[${index}]`))),
  ];
}

function validatePath(path: string, field: string): StatusCause[] {
  const why = refusalOf(path);
  return why ? [invalid(field, path, why)] : [];
}

function refusalOf(path: string): string | undefined {
  if (path === '/') return undefined;
  if (path === '') return 'must not be empty';
  if (!path.startsWith('/')) return 'must start with slash';
  if (path.includes(' ')) return 'must not contain white-space';
  if (path.includes('//')) return 'must not contain double slash';
  const stars = path.split(ALL).length - 1;
  return stars > 1 || (stars === 1 && !path.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined;
}
