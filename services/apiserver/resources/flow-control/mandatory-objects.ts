import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../../shared/apis/meta/v1.ts';
import { GROUP_AUTHENTICATED, GROUP_MASTERS, GROUP_UNAUTHENTICATED } from '../../../../shared/apis/user-info.ts';
import { invalid } from '../../types/field-error.ts';

/** What the names `exempt` and `catch-all` stand for, which nobody may change. Source: apiserver's pkg/apis/flowcontrol/bootstrap, and flowcontrol/validation. */

const EXEMPT = 'exempt';
const CATCH_ALL = 'catch-all';

const everythingBy = (...groups: string[]) => [
  {
    subjects: groups.map((name) => ({ kind: 'Group', group: { name } })),
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  },
];

const FLOW_SCHEMAS: Readonly<Record<string, object>> = {
  [EXEMPT]: {
    matchingPrecedence: 1,
    priorityLevelConfiguration: { name: EXEMPT },
    rules: everythingBy(GROUP_MASTERS),
  },
  [CATCH_ALL]: {
    matchingPrecedence: 10_000,
    priorityLevelConfiguration: { name: CATCH_ALL },
    distinguisherMethod: { type: 'ByUser' },
    rules: everythingBy(GROUP_UNAUTHENTICATED, GROUP_AUTHENTICATED),
  },
};

const CATCH_ALL_LEVEL = {
  type: 'Limited',
  limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: 'Reject' } },
};

export function fixedSchemaCauses({ metadata: { name = '' }, spec }: Unstructured): StatusCause[] {
  const fixed = Object.hasOwn(FLOW_SCHEMAS, name) ? FLOW_SCHEMAS[name] : undefined;
  return !fixed || isDeepStrictEqual(spec, fixed) ? [] : [refusal(spec, name)];
}

/** How much of all requests is exempt may be said. */
export function fixedLevelCauses({ metadata: { name = '' }, spec }: Unstructured): StatusCause[] {
  const { exempt: _said, ...rest } = (spec ?? {}) as { exempt?: unknown };
  if (name === EXEMPT && !isDeepStrictEqual(rest, { type: 'Exempt' }))
    return [refusal(spec, name, " except the 'spec.exempt' field")];
  return name !== CATCH_ALL || isDeepStrictEqual(spec, CATCH_ALL_LEVEL) ? [] : [refusal(spec, name)];
}

const refusal = (spec: unknown, name: string, but = ''): StatusCause =>
  invalid('spec', spec ?? {}, `spec of '${name}'${but} must equal the fixed value`);
