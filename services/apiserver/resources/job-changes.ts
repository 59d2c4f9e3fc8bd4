import { isDeepStrictEqual } from 'node:util';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { invalid } from '../types/field-error.ts';
import { shownSuccess } from './job-policies.ts';
import type { JobSpec } from './job-spec.ts';
import type { PodSpec } from './validate-pod-spec.ts';
import { shownSelector } from './workload-templates.ts';

/** What can be changed of a Job that is there. Source: batch/validation, ValidateJobSpecUpdate. */

const FIXED = 'field is immutable';

export function changedParts(next: JobSpec, old: JobSpec, isStarted: boolean): StatusCause[] {
  const shown: Record<string, unknown> = {
    selector: next.selector && shownSelector(next.selector),
    completionMode: next.completionMode,
    podFailurePolicy: next.podFailurePolicy,
    backoffLimitPerIndex: next.backoffLimitPerIndex,
    managedBy: next.managedBy,
    successPolicy: next.successPolicy && shownSuccess(next.successPolicy),
  };
  return [
    ...changedCompletions(next, old),
    ...Object.entries(shown).flatMap(([name, value]) =>
      isDeepStrictEqual(next[name as keyof JobSpec], old[name as keyof JobSpec])
        ? []
        : [invalid(`spec.${name}`, value ?? null, FIXED)],
    ),
    ...changedTemplate(next, old, isStarted),
  ];
}

/** Of indexed Jobs the number of indexes can change with that of pods at a time. */
function changedCompletions({ completionMode, completions, parallelism }: JobSpec, old: JobSpec): StatusCause[] {
  if (completions === old.completions) return [];
  const isIndexed = completionMode === 'Indexed';
  if (!isIndexed) return [invalid('spec.completions', completions ?? null, FIXED)];
  if (completions === undefined || completions === parallelism) return [];
  return [invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism')];
}

/** While a Job waits and has no pods, where they may run and what they may use can still be said. */
function changedTemplate({ template = {} }: JobSpec, old: JobSpec, isStarted: boolean): StatusCause[] {
  const before = old.template ?? {};
  if (!old.suspend || isStarted)
    return isDeepStrictEqual(template, before) ? [] : [invalid('spec.template', template, FIXED)];
  const isSame = isDeepStrictEqual(fixedPart(template.spec ?? {}), fixedPart(before.spec ?? {}));
  return isSame ? [] : [invalid('spec.template.spec', template.spec ?? {}, FIXED)];
}

const withoutResources = (containers: PodSpec['containers']) =>
  containers?.map(({ resources: _, ...container }) => container);

function fixedPart(spec: PodSpec): unknown {
  const { affinity = {}, nodeSelector: _selector, tolerations: _tolerations, schedulingGates: _gates, ...rest } = spec;
  const { nodeAffinity: _nodes, ...pods } = affinity;
  return {
    ...rest,
    affinity: pods,
    containers: withoutResources(spec.containers),
    initContainers: withoutResources(spec.initContainers),
  };
}
