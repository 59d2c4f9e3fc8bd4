import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isEqual } from '../merge/json-value.ts';
import { forbidden, invalid } from '../types/field-error.ts';
import type { Resources } from './pod-spec/container-resources.ts';
import { qosClassOf } from './qos-class.ts';
import { type Container, type PodSpec, validatePodSpec } from './validate-pod-spec.ts';

/** `pods/resize`: how much cpu and memory a running pod and its containers have. Source: core/validation, ValidatePodResize. */

const specOf = (pod: Unstructured): PodSpec => ({ ...(pod['spec'] as PodSpec | undefined) });
const isSidecar = ({ restartPolicy }: Container): boolean => restartPolicy === 'Always';

/** What of a pod that was sent counts; none when containers came or went, which is refused as it was sent. */
export function resizedSpec(pod: Unstructured, old: Unstructured): PodSpec | undefined {
  const [next, before] = [specOf(pod), specOf(old)];
  if (LISTS.some((list) => lengthOf(next, list) !== lengthOf(before, list))) return undefined;
  const { resources: _, ...kept } = structuredClone(before);
  return {
    ...kept,
    ...(next.resources ? { resources: next.resources } : {}),
    ...Object.fromEntries(LISTS.flatMap((list) => resizedList(list, next, before))),
  };
}

type List = 'containers' | 'initContainers';
const LISTS: readonly List[] = ['containers', 'initContainers'];
const lengthOf = (spec: PodSpec, list: List): number => spec[list]?.length ?? 0;

/** A list in which names changed stays as it was sent, and is refused. */
function resizedList(list: List, next: PodSpec, old: PodSpec): [List, Container[]][] {
  const [sent, before] = [next[list] ?? [], old[list] ?? []];
  if (before.length === 0) return [];
  const isRenamed = before.some(({ name }, index) => sent[index]?.name !== name);
  return [[list, isRenamed ? sent : before.map((container, index) => resized(container, sent[index] ?? {}))]];
}

function resized(container: Container, { resources = {}, resizePolicy }: Container): Container {
  const { resizePolicy: _, ...kept } = structuredClone(container);
  return { ...kept, resources, ...(resizePolicy ? { resizePolicy } : {}) };
}

export function validateResize(pod: Unstructured, old: Unstructured): StatusCause[] {
  const [next, before] = [specOf(pod), specOf(old)];
  if (old.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined)
    return [forbidden('[]', 'static pods cannot be resized')];
  if (before.os?.name === 'windows') return [forbidden('[]', 'windows pods cannot be resized')];
  const order = orderCauses(next, before);
  return [
    ...validatePodSpec(next, 'spec', { isPod: true }),
    ...qosCauses(pod, old),
    ...(isSupported(old) ? [] : [forbidden('spec', 'Pod running on node without support for resize')]),
    ...wholeCauses(next.resources, before.resources),
    ...order,
    ...(order.length === 0 ? containerCauses(next, before) : []),
  ];
}

interface PodStatus {
  qosClass?: string;
  containerStatuses?: { state?: { running?: object }; resources?: object }[];
}

const statusOf = (pod: Unstructured): PodStatus => ({ ...(pod['status'] as PodStatus | undefined) });

function qosCauses(pod: Unstructured, old: Unstructured): StatusCause[] {
  const text = 'Pod QOS Class may not change as a result of resizing';
  const isSame = (statusOf(old).qosClass || qosClassOf(specOf(old))) === qosClassOf(specOf(pod));
  return isSame ? [] : [invalid('spec', statusOf(pod).qosClass ?? '', text)];
}

/** A node that can resize tells what the containers have. */
function isSupported(pod: Unstructured): boolean {
  const running = statusOf(pod).containerStatuses?.find(({ state }) => state?.running);
  return running === undefined || running.resources !== undefined;
}

function orderCauses(next: PodSpec, old: PodSpec): StatusCause[] {
  return LISTS.flatMap((list) => {
    if (lengthOf(next, list) !== lengthOf(old, list))
      return [forbidden(`spec.${list}`, `${list} may not be added or removed on resize`)];
    const text = `${list} may not be renamed or reordered on resize`;
    return (old[list] ?? []).flatMap(({ name }, index) =>
      next[list]?.[index]?.name === name ? [] : [forbidden(`spec.${list}[${index}].name`, text)],
    );
  });
}

const hasAmounts = ({ requests = {}, limits = {} }: Resources = {}): boolean =>
  Object.keys(requests).length + Object.keys(limits).length > 0;

/** What the pod as a whole has. */
function wholeCauses(next: Resources | undefined, old: Resources | undefined): StatusCause[] {
  if (!hasAmounts(next) && !hasAmounts(old)) return [];
  const field = 'spec.resources';
  if (old && !next) return [forbidden(field, 'pod-level resources cannot be removed')];
  return [
    ...(old ? removedCauses(next, old, field, 'pod-level ') : []),
    ...(hasSameOthers(next, old) && isEqual(next?.claims ?? [], old?.claims ?? [])
      ? []
      : [forbidden('spec', 'only cpu and memory resources are mutable at pod-level')]),
  ];
}

function removedCauses(next: Resources = {}, old: Resources = {}, field: string, whose = ''): StatusCause[] {
  return (['requests', 'limits'] as const).flatMap((list) => {
    const isKept = Object.keys(old[list] ?? {}).every((name) => next[list]?.[name] !== undefined);
    const text = `${whose}resource ${list} cannot be removed`;
    return isKept ? [] : [forbidden(`${field}.${list}`, text)];
  });
}

function containerCauses(next: PodSpec, old: PodSpec): StatusCause[] {
  return LISTS.flatMap((list) =>
    (old[list] ?? []).flatMap((before, index) => {
      const at = `spec.${list}[${index}]`;
      const after = next[list]?.[index] ?? {};
      return [
        ...removedCauses(after.resources, before.resources, `${at}.resources`),
        ...(list === 'containers' ? fixedCauses(after, before, 'spec', REGULAR) : initCauses(after, before, at)),
      ];
    }),
  );
}

const REGULAR = 'only cpu and memory resources are mutable';
const INIT = 'only cpu and memory resources for init or sidecar containers are mutable';
const RESTARTED = 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized';

function initCauses(next: Container, old: Container, field: string): StatusCause[] {
  const restarting = (next.resizePolicy ?? []).filter(({ restartPolicy }) => restartPolicy === 'RestartContainer');
  const isRefused = !isSidecar(next) && !isEqual(next, old);
  return [
    ...fixedCauses(next, old, field, INIT),
    ...(isRefused ? restarting.map(() => forbidden(field, RESTARTED)) : []),
  ];
}

/** Claims that are there already can't be kept, as upstream has it. */
function fixedCauses(next: Container, old: Container, field: string, text: string): StatusCause[] {
  const isFixed =
    hasSameOthers(next.resources, old.resources) &&
    (old.resources?.claims ?? []).length === 0 &&
    isEqual(next.resizePolicy ?? [], old.resizePolicy ?? []);
  return isFixed ? [] : [forbidden(field, text)];
}

/** Whether all amounts but those of cpu and memory are the same. */
function hasSameOthers(next: Resources = {}, old: Resources = {}): boolean {
  const others = ({ cpu: _cpu, memory: _memory, ...rest }: Record<string, unknown> = {}) => rest;
  return isEqual(others(next.requests), others(old.requests)) && isEqual(others(next.limits), others(old.limits));
}
