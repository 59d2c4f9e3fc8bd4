import { isDeepStrictEqual } from 'node:util';
import type { LabelSelector, StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsSubdomain, isPathSegment } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { invalid, notSupported, required } from '../types/field-error.ts';
import { validateLabelSelector } from './validate-label-selector.ts';

/** Roles and bindings: names that need not be DNS names, and a roleRef that stays. */

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  nonResourceURLs?: string[];
  verbs?: string[] | null;
  resourceNames?: string[];
}

export const roleStrategy: Strategy = {
  nameRule: isPathSegment,
  allowsCreateOnUpdate: true,
  beforeStoring: emptyRulesAreNone,
  validate: ({ kind, rules, aggregationRule }) => [
    ...(Array.isArray(rules) ? rules : []).flatMap((rule, index) => validateRule(rule, index, kind)),
    ...validateAggregation(aggregationRule),
  ],
};

/** The field is always written, and an empty list is none. */
function emptyRulesAreNone(object: Unstructured): void {
  const { rules } = object;
  if (!Array.isArray(rules) || rules.length === 0) object['rules'] = null;
}

function validateAggregation(rule: unknown): StatusCause[] {
  if (typeof rule !== 'object' || rule === null) return [];
  const { clusterRoleSelectors = [] }: { clusterRoleSelectors?: LabelSelector[] } = rule;
  const field = 'aggregationRule.clusterRoleSelectors';
  if (clusterRoleSelectors.length === 0)
    return [required(field, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  return clusterRoleSelectors.flatMap((selector, index) => {
    const causes = validateLabelSelector(selector, `${field}[${index}]`);
    return causes.length > 0 ? [...causes, invalid(`${field}[${index}]`, null, 'invalid label selector.')] : [];
  });
}

function validateRule(rule: Rule, index: number, kind: string): StatusCause[] {
  const { apiGroups, resources, nonResourceURLs, verbs } = rule;
  const field = `rules[${index}]`;
  const urls = nonResourceURLs?.length ?? 0;
  const lacks = (list: string[] | null | undefined, name: string, text: string) =>
    list?.length ? [] : [required(`${field}.${name}`, text)];
  return [
    ...lacks(verbs, 'verbs', 'verbs must contain at least one value'),
    ...(urls > 0 && kind === 'Role'
      ? [invalid(`${field}.nonResourceURLs`, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs')]
      : []),
    ...(urls > 0 && (apiGroups?.length || resources?.length || rule.resourceNames?.length)
      ? [
          invalid(
            `${field}.nonResourceURLs`,
            nonResourceURLs,
            'rules cannot apply to both regular resources and non-resource URLs',
          ),
        ]
      : []),
    ...(nonResourceURLs?.length
      ? []
      : [
          ...lacks(apiGroups, 'apiGroups', 'resource rules must supply at least one api group'),
          ...lacks(resources, 'resources', 'resource rules must supply at least one resource'),
        ]),
  ];
}

interface RoleRef {
  apiGroup?: string;
  kind?: string;
  name?: string;
}

export const roleBindingStrategy: Strategy = {
  nameRule: isPathSegment,
  allowsCreateOnUpdate: true,
  prepareForCreate: (object) => defaultGroups(object),
  prepareForUpdate: (object) => defaultGroups(object),
  validate: (object) => {
    const { apiGroup = '', kind = '', name = '' } = roleRefOf(object);
    const kinds = object.kind === 'RoleBinding' ? ['Role', 'ClusterRole'] : ['ClusterRole'];
    return [
      ...(apiGroup === RBAC_GROUP ? [] : [notSupported('roleRef.apiGroup', apiGroup, [RBAC_GROUP])]),
      ...(kinds.includes(kind) ? [] : [notSupported('roleRef.kind', kind, kinds)]),
      ...(name === '' ? [required('roleRef.name')] : causesOf('roleRef.name', name, isPathSegment(name))),
      ...subjectsOf(object).flatMap((subject, index) => validateSubject(subject, `subjects[${index}]`, object.kind)),
    ];
  },
  validateUpdate: (object, old) => {
    const { apiGroup: APIGroup, kind: Kind, name: Name } = roleRefOf(object);
    const isSame = isDeepStrictEqual(object['roleRef'], old['roleRef']);
    return isSame ? [] : [invalid('roleRef', { APIGroup, Kind, Name }, 'cannot change roleRef')];
  },
};

interface Subject {
  kind?: string;
  name?: string;
  namespace?: string;
  apiGroup?: string;
}

const SUBJECT_KINDS = ['ServiceAccount', 'User', 'Group'];

function subjectsOf({ subjects }: Unstructured): Subject[] {
  return Array.isArray(subjects) ? subjects : [];
}

function validateSubject(subject: Subject, field: string, binding: string): StatusCause[] {
  const { kind = '', name = '', namespace = '', apiGroup = '' } = subject;
  const isAccount = kind === 'ServiceAccount';
  const group = isAccount ? '' : RBAC_GROUP;
  const nameless = name === '' ? [required(`${field}.name`)] : [];
  if (!SUBJECT_KINDS.includes(kind)) return [...nameless, notSupported(`${field}.kind`, kind, SUBJECT_KINDS)];
  return [
    ...nameless,
    ...(isAccount && name !== '' ? causesOf(`${field}.name`, name, isDnsSubdomain(name)) : []),
    ...(apiGroup === group ? [] : [notSupported(`${field}.apiGroup`, apiGroup, [group])]),
    ...(isAccount && namespace === '' && binding === 'ClusterRoleBinding' ? [required(`${field}.namespace`)] : []),
  ];
}

function roleRefOf(object: Unstructured): RoleRef {
  return { ...(object['roleRef'] as RoleRef | undefined) };
}

const RBAC_GROUP = 'rbac.authorization.k8s.io';

function defaultGroups(object: Record<string, unknown>): void {
  const roleRef = object['roleRef'];
  if (typeof roleRef === 'object' && roleRef)
    object['roleRef'] = { apiGroup: RBAC_GROUP, ...withoutEmptyGroup(roleRef) };
  if (!Array.isArray(object['subjects'])) return;
  object['subjects'] = object['subjects'].map((subject) =>
    subject?.kind === 'ServiceAccount' ? subject : { apiGroup: RBAC_GROUP, ...withoutEmptyGroup(subject) },
  );
}

function withoutEmptyGroup(reference: object): object {
  const { apiGroup, ...rest }: { apiGroup?: unknown } = { ...reference };
  return apiGroup === '' || apiGroup === undefined ? rest : { apiGroup, ...rest };
}
