import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { inKeyOrder, isEqual } from '../merge/json-value.ts';
import { forbidden, invalid, required } from '../types/field-error.ts';
import type { Affinity, NodeTerm } from './pod-spec/affinity.ts';
import { validateTolerations } from './pod-spec/scheduling.ts';
import type { ClaimTemplate, Volume } from './pod-spec/volumes.ts';
import { withoutEmptyLists } from './template-metadata.ts';
import type { Container, PodSpec, Toleration } from './validate-pod-spec.ts';

/** What of a pod can change when it has been made. Source: core/validation, ValidatePodUpdate. */

const specOf = (pod: Unstructured): PodSpec => ({ ...(pod['spec'] as PodSpec | undefined) });

export function podChangeCauses(pod: Unstructured, old: Unstructured): StatusCause[] {
  const [next, before] = [specOf(pod), specOf(old)];
  const causes: StatusCause[] = [];
  for (const list of ['containers', 'initContainers'] as const) {
    const [after, had] = [next[list] ?? [], before[list] ?? []];
    if (after.length !== had.length)
      return [...causes, forbidden(`spec.${list}`, 'pod updates may not add or remove containers')];
    causes.push(...after.flatMap(({ image = '' }, index) => imageCauses(image, `spec.${list}[${index}].image`)));
  }
  const deadline = deadlineCauses(next.activeDeadlineSeconds, before.activeDeadlineSeconds);
  if (deadline.isEnd) return [...causes, ...deadline.causes];
  return [
    ...causes,
    ...deadline.causes,
    ...tolerationCauses(next.tolerations ?? [], before.tolerations ?? []),
    ...gateCauses(next, before),
    ...(before.schedulingGates?.length ? gatedCauses(next, before) : []),
    ...(isEqual(fixedPart(next, before), fixedPart(before, before)) ? [] : [forbidden('spec', FIXED)]),
  ];
}

const FIXED =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** Images may change, and so are looked at once more. */
function imageCauses(image: string, field: string): StatusCause[] {
  if (image === '') return [required(field)];
  return image.trim() === image ? [] : [invalid(field, image, 'must not have leading or trailing whitespace')];
}

const MAX_SECONDS = 2_147_483_647;

/** A deadline can only come nearer; `isEnd`: the rest is not looked at. */
function deadlineCauses(next: number | undefined, old: number | undefined): { causes: StatusCause[]; isEnd: boolean } {
  const field = 'spec.activeDeadlineSeconds';
  const refused = (cause: StatusCause) => ({ causes: [cause], isEnd: true });
  if (next === undefined) {
    const gone = invalid(field, null, 'must not update from a positive integer to nil value');
    return { causes: old === undefined ? [] : [gone], isEnd: false };
  }
  if (next < 0 || next > MAX_SECONDS)
    return refused(invalid(field, next, `must be between 0 and ${MAX_SECONDS}, inclusive`));
  const isLater = old !== undefined && next > old;
  return isLater
    ? refused(invalid(field, next, 'must be less than or equal to previous value'))
    : { causes: [], isEnd: false };
}

function tolerationCauses(next: Toleration[], old: readonly Toleration[]): StatusCause[] {
  const bare = ({ tolerationSeconds: _, ...toleration }: Toleration) => toleration;
  const keyOf = (one: Toleration): string => JSON.stringify(inKeyOrder(bare(one)));
  const keys = new Set(next.map(keyOf));
  const isKept = (one: Toleration): boolean => keys.has(keyOf(one));
  const text = 'existing toleration can not be modified except its tolerationSeconds';
  return old.every(isKept) ? validateTolerations(next, 'spec.tolerations') : [forbidden('spec.tolerations', text)];
}

function gateCauses({ schedulingGates: next = [] }: PodSpec, { schedulingGates: old = [] }: PodSpec): StatusCause[] {
  const known = new Set(old.map(({ name }) => name));
  return next.flatMap(({ name = '' }, index) => {
    const text = `only deletion is allowed, but found new scheduling gate '${name}'`;
    return known.has(name) ? [] : [forbidden(`spec.schedulingGates[${index}].name`, text)];
  });
}

/** A pod that waits to be let to the scheduler can be bound to fewer nodes meanwhile. */
function gatedCauses(next: PodSpec, old: PodSpec): StatusCause[] {
  const selector = next.nodeSelector ?? {};
  const isKept = Object.entries(old.nodeSelector ?? {}).every(([key, value]) => selector[key] === value);
  const text = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
  return [
    ...(isKept ? [] : [invalid('spec.nodeSelector', next.nodeSelector ?? null, text)]),
    ...affinityCauses(termsOf(next), termsOf(old)),
  ];
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const termsOf = ({ affinity }: PodSpec): NodeTerm[] => affinity?.nodeAffinity?.[REQUIRED]?.nodeSelectorTerms ?? [];

function affinityCauses(next: NodeTerm[], old: NodeTerm[]): StatusCause[] {
  const field = `spec.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms`;
  if (old.length === 0) return [];
  if (next.length !== old.length)
    return [invalid(field, shown(next), 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')];
  return old.flatMap((before, index) => {
    const after = next[index] ?? {};
    const text = 'only additions are allowed (no mutations or deletions)';
    return isNarrower(after, before) ? [] : [invalid(`${field}[${index}]`, shown([after])?.[0], text)];
  });
}

/** As Go writes the structs. */
function shown(terms: readonly NodeTerm[]): object[] | null {
  if (terms.length === 0) return null;
  const requirements = (list: NodeTerm['matchExpressions']): object[] | null =>
    list?.map(({ key = '', operator = '', values }) => ({ Key: key, Operator: operator, Values: values ?? null })) ??
    null;
  return terms.map(({ matchExpressions, matchFields }) => ({
    MatchExpressions: requirements(matchExpressions),
    MatchFields: requirements(matchFields),
  }));
}

function isNarrower(next: NodeTerm, old: NodeTerm): boolean {
  const lists = ['matchExpressions', 'matchFields'] as const;
  const isEmpty = (term: NodeTerm): boolean => lists.every((list) => (term[list] ?? []).length === 0);
  if (isEmpty(old)) return isEmpty(next);
  return lists.every((list) => {
    const had = old[list] ?? [];
    return isEqual((next[list] ?? []).slice(0, had.length), had);
  });
}

function comparedVolume({ ephemeral, ...volume }: Volume): object {
  const template = ephemeral?.volumeClaimTemplate as ClaimTemplate | undefined;
  if (!template) return { ...volume, ephemeral };
  return {
    ...volume,
    ephemeral: { volumeClaimTemplate: { ...template, metadata: withoutEmptyLists(template.metadata ?? {}) } },
  };
}

/** What can't change, nor has another rule: what can is given its old value. */
function fixedPart(spec: PodSpec, old: PodSpec): unknown {
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, schedulingGates: _gates, ...rest } = spec;
  const withoutImage = ({ image: _image, ...container }: Container) => container;
  const isGated = (old.schedulingGates ?? []).length > 0;
  const isMended = (old.terminationGracePeriodSeconds ?? 0) < 0 && rest.terminationGracePeriodSeconds === 1;
  return {
    ...rest,
    containers: spec.containers?.map(withoutImage) ?? [],
    initContainers: spec.initContainers?.map(withoutImage) ?? [],
    ...(spec.volumes ? { volumes: spec.volumes.map(comparedVolume) } : {}),
    ...(isMended ? { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds } : {}),
    ...(isGated ? { nodeSelector: undefined, affinity: withoutNodes(spec.affinity) } : {}),
  };
}

function withoutNodes({ nodeAffinity: _, ...rest }: Affinity = {}): Affinity | undefined {
  return Object.keys(rest).length > 0 ? rest : undefined;
}
