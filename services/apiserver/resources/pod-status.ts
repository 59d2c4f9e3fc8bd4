import { isIP } from 'node:net';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsSubdomain, isQualifiedName } from '../registry/object-names.ts';
import { statusAndMetadata } from '../registry/subresource-rules.ts';
import { duplicate, forbidden, invalid } from '../types/field-error.ts';
import { type AllocatedStatus, allocatedCauses, unallocatedCauses } from './allocated-status.ts';
import { type ExtendedClaimStatus, validateExtendedClaim } from './extended-claim-status.ts';
import { ipTexts } from './ip-rules.ts';
import { validateId } from './pod-spec/field-rules.ts';
import { mayAllRestart, mayRestart } from './pod-spec/restart-rules.ts';
import { repeated } from './repeated.ts';
import type { Container, PodSpec } from './validate-pod-spec.ts';

/** `pods/status`: what whoever runs a pod may tell of it. Source: core/validation, ValidatePodStatusUpdate. */

interface PodCondition {
  type?: string;
  observedGeneration?: number;
}

interface ContainerStatus extends AllocatedStatus {
  state?: { terminated?: { exitCode?: number } };
  user?: { linux?: { uid?: number; gid?: number; supplementalGroups?: number[] } };
  volumeMounts?: { volumeStatus?: unknown }[];
}

interface PodStatus {
  qosClass?: string;
  nominatedNodeName?: string;
  observedGeneration?: number;
  conditions?: PodCondition[];
  hostIP?: string;
  hostIPs?: { ip?: string }[];
  podIPs?: { ip?: string }[];
  containerStatuses?: ContainerStatus[];
  initContainerStatuses?: ContainerStatus[];
  ephemeralContainerStatuses?: ContainerStatus[];
  resourceClaimStatuses?: { name?: string; resourceClaimName?: string }[];
  extendedResourceClaimStatus?: ExtendedClaimStatus;
  nodeAllocatableResourceClaimStatuses?: unknown;
}

const specOf = (pod: Unstructured): PodSpec => ({ ...(pod['spec'] as PodSpec | undefined) });
const statusOf = (pod: Unstructured): PodStatus => ({ ...(pod['status'] as PodStatus | undefined) });

/** What a writer of a status leaves out stays as it was: the class that the server gave, and up to which change the pod was looked at. */
export function prepareStatus(pod: Unstructured, old: Unstructured): void {
  statusAndMetadata(pod, old, ['ownerReferences']);
  const [next, before] = [statusOf(pod), statusOf(old)];
  dropUntold(next);
  pod['status'] = {
    ...next,
    ...(next.qosClass || !before.qosClass ? {} : { qosClass: before.qosClass }),
    ...(next.observedGeneration || !before.observedGeneration ? {} : { observedGeneration: before.observedGeneration }),
    ...(next.conditions ? { conditions: withGenerations(next.conditions, before.conditions ?? []) } : {}),
  };
}

/** Features that upstream has off by itself: claims of what nodes allocate themselves, and which image a volume came to be. */
function dropUntold(status: PodStatus): void {
  delete status.nodeAllocatableResourceClaimStatuses;
  for (const list of STATUS_LISTS)
    for (const { volumeMounts = [] } of status[list] ?? []) for (const mount of volumeMounts) delete mount.volumeStatus;
}

/** Of several conditions of one type each takes that of the next. */
function withGenerations(conditions: readonly PodCondition[], old: readonly PodCondition[]): PodCondition[] {
  const left = new Map<string | undefined, PodCondition[]>();
  for (const one of old.toReversed()) {
    const ofType = left.get(one.type) ?? [];
    ofType.push(one);
    left.set(one.type, ofType);
  }
  return conditions.map((condition) => {
    const before = left.get(condition.type)?.pop()?.observedGeneration;
    return condition.observedGeneration || !before ? condition : { ...condition, observedGeneration: before };
  });
}

export function validatePodStatus(pod: Unstructured, old: Unstructured): StatusCause[] {
  const [next, before, spec] = [statusOf(pod), statusOf(old), specOf(old)];
  return [
    ...conditionCauses(next.conditions ?? []),
    ...nominationCauses(next, before, spec),
    ...notBelowZero('status.observedGeneration', next.observedGeneration),
    ...(next.qosClass === before.qosClass
      ? []
      : [invalid('status.qosClass', next.qosClass ?? '', 'field is immutable')]),
    ...restartCauses('containerStatuses', { next, before, spec, containers: spec.containers ?? [] }),
    ...restartCauses('initContainerStatuses', { next, before, spec, containers: spec.initContainers ?? [] }),
    ...restartCauses('ephemeralContainerStatuses', { next, before, spec, containers: [] }),
    ...STATUS_LISTS.flatMap((list) => userCauses(next[list] ?? [], spec, `status.${list}`)),
    ...allocatedCauses(next.containerStatuses ?? [], spec.containers ?? [], 'status.containerStatuses'),
    ...allocatedCauses(next.initContainerStatuses ?? [], spec.initContainers ?? [], 'status.initContainerStatuses'),
    ...unallocatedCauses(next.ephemeralContainerStatuses ?? [], 'status.ephemeralContainerStatuses'),
    ...claimCauses(next, spec),
    ...validateExtendedClaim(next.extendedResourceClaimStatus, spec),
    ...addressCauses('podIPs', next, before),
    ...hostCauses(next),
    ...addressCauses('hostIPs', next, before),
  ];
}

const SYSTEM_CONDITIONS = ['PodScheduled', 'Ready', 'Initialized'];

function conditionCauses(conditions: readonly PodCondition[]): StatusCause[] {
  return conditions.flatMap(({ type = '', observedGeneration }, index) => {
    const at = `status.conditions[${index}]`;
    return [
      ...notBelowZero(`${at}.observedGeneration`, observedGeneration),
      ...(SYSTEM_CONDITIONS.includes(type) ? [] : causesOf(`${at}.Type`, type, isQualifiedName(type))),
    ];
  });
}

const notBelowZero = (field: string, count = 0): StatusCause[] =>
  count < 0 ? [invalid(field, count, 'must be a non-negative integer')] : [];

function nominationCauses(next: PodStatus, before: PodStatus, { nodeName }: PodSpec): StatusCause[] {
  const { nominatedNodeName: name } = next;
  const field = 'status.nominatedNodeName';
  if (!name || name === before.nominatedNodeName) return [];
  const bound = forbidden(field, 'may not be set on pods that are already bound to a node');
  return [...causesOf(field, name, isDnsSubdomain(name)), ...(nodeName ? [bound] : [])];
}

const STATUS_LISTS = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;
type StatusList = (typeof STATUS_LISTS)[number];

interface Told {
  next: PodStatus;
  before: PodStatus;
  spec: PodSpec;
  containers: readonly Container[];
}

const ended = ({ state }: ContainerStatus) => state?.terminated;

/** A container that has ended begins anew only if it may. */
function restartCauses(list: StatusList, { next, before, spec, containers }: Told): StatusCause[] {
  if (list !== 'ephemeralContainerStatuses' && mayAllRestart(spec)) return [];
  const running = new Set((next[list] ?? []).filter((one) => !ended(one)).map(({ name }) => name));
  const byName = new Map(containers.toReversed().map((container) => [container.name, container]));
  return (before[list] ?? []).flatMap((old, index) => {
    const end = ended(old);
    if (!end || !running.has(old.name)) return [];
    const container = byName.get(old.name);
    if (container && mayRestart(container, spec, end.exitCode ?? 0)) return [];
    return [forbidden(`status.${list}[${index}].state`, 'may not be transitioned to non-terminated state')];
  });
}

function userCauses(statuses: readonly ContainerStatus[], { os }: PodSpec, field: string): StatusCause[] {
  return statuses.flatMap(({ user }, index) => {
    const at = `${field}[${index}].user.linux`;
    if (!user?.linux) return [];
    if (os?.name === 'windows') return [forbidden(at, 'cannot be set for a windows pod')];
    const { uid, gid, supplementalGroups = [] } = user.linux;
    return [
      ...validateId(`${at}.uid`, uid),
      ...validateId(`${at}.gid`, gid),
      ...supplementalGroups.flatMap((group, place) => validateId(`${at}.supplementalGroups[${place}]`, group)),
    ];
  });
}

function claimCauses({ resourceClaimStatuses: statuses = [] }: PodStatus, { resourceClaims = [] }: PodSpec) {
  const text = 'must match the name of an entry in `spec.resourceClaims`';
  const claims = new Set(resourceClaims.map(({ name }) => name));
  const isAgain = repeated(statuses.map(({ name = '' }) => name));
  return statuses.flatMap(({ name = '', resourceClaimName }, index) => {
    const at = `status.resourceClaimStatuses[${index}]`;
    return [
      ...(claims.has(name) ? [] : [invalid(`${at}.name`, name, text)]),
      ...(isAgain[index] ? [duplicate(`${at}.name`, name)] : []),
      ...(resourceClaimName === undefined
        ? []
        : causesOf(`${at}.resourceClaimName`, resourceClaimName, isDnsSubdomain(resourceClaimName))),
    ];
  });
}

/** New ones are well-formed, and there is one of each family at most. */
function addressCauses(list: 'podIPs' | 'hostIPs', next: PodStatus, before: PodStatus): StatusCause[] {
  const ips = (next[list] ?? []).map(({ ip = '' }) => ip);
  const known = new Set((before[list] ?? []).map(({ ip }) => ip));
  const families = new Set(ips.map((ip) => isIP(ip)));
  // As Go writes the structs.
  const shown = ips.map((ip) => ({ IP: ip }));
  const isPair = ips.length <= 1 || (ips.length === 2 && families.size === 2 && !families.has(0));
  return [
    ...ips.flatMap((ip, index) => (known.has(ip) ? [] : causesOf(`status.${list}[${index}]`, ip, ipTexts(ip)))),
    ...(isPair ? [] : [invalid(`status.${list}`, shown, 'may specify no more than one IP for each IP family')]),
  ];
}

function hostCauses({ hostIP = '', hostIPs = [] }: PodStatus): StatusCause[] {
  const first = hostIPs[0]?.ip ?? '';
  return hostIPs.length === 0 || first === hostIP
    ? []
    : [invalid('status.hostIPs[0].ip', first, 'must be equal to `hostIP`')];
}
