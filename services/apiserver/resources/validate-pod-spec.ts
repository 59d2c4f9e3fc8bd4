import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsLabel, isDnsSubdomain, isQualifiedName } from '../registry/object-names.ts';
import { duplicate, forbidden, invalid, notFound, notSupported, required, tooLong } from '../types/field-error.ts';
import { type Affinity, validateAffinity } from './pod-spec/affinity.ts';
import { placedContainers } from './pod-spec/annotations.ts';
import { type Resources, validateResources } from './pod-spec/container-resources.ts';
import {
  type Container,
  type Surroundings,
  validateContainers,
  validateEphemeralContainers,
  validateInitContainers,
} from './pod-spec/containers.ts';
import { mayBeNamed, mustBeOneOf } from './pod-spec/field-rules.ts';
import { type DnsConfig, type HostAlias, validateDns, validateHostAliases } from './pod-spec/names-and-dns.ts';
import { validatePodResources } from './pod-spec/pod-resources.ts';
import { type PodClaim, validatePodClaims } from './pod-spec/resource-claims.ts';
import { type SpreadConstraint, type Toleration, validateSpread, validateTolerations } from './pod-spec/scheduling.ts';
import { type HostAccess, type PodSecurityContext, validatePodSecurityContext } from './pod-spec/security-context.ts';
import { type Volume, validateVolumes } from './pod-spec/volumes.ts';
import { validateHostProcess, validateSystem } from './pod-spec/windows.ts';
import { repeated } from './repeated.ts';
import { validateSelectorLabels } from './validate-label-selector.ts';

/**
 * What a pod's spec must keep to, wherever it stands: upstream's rules (core/validation), part by part in `pod-spec/`. Left out is
 * whether containers may be privileged, which a cluster decides.
 */

export type { Container, Toleration };

export interface PodSpec extends HostAccess {
  containers?: Container[] | null;
  initContainers?: Container[] | null;
  ephemeralContainers?: Container[] | null;
  volumes?: Volume[] | null;
  restartPolicy?: string;
  dnsPolicy?: string;
  dnsConfig?: DnsConfig;
  activeDeadlineSeconds?: number;
  terminationGracePeriodSeconds?: number;
  tolerations?: Toleration[];
  affinity?: Affinity;
  topologySpreadConstraints?: SpreadConstraint[];
  securityContext?: PodSecurityContext;
  nodeSelector?: Record<string, string>;
  readinessGates?: { conditionType?: string }[];
  schedulingGates?: { name?: string }[];
  hostAliases?: HostAlias[];
  hostUsers?: boolean;
  hostname?: string;
  hostnameOverride?: string;
  setHostnameAsFQDN?: boolean;
  subdomain?: string;
  serviceAccountName?: string;
  nodeName?: string;
  priorityClassName?: string;
  runtimeClassName?: string;
  preemptionPolicy?: string;
  overhead?: Record<string, unknown>;
  os?: { name?: string };
  resources?: Resources;
  resourceClaims?: PodClaim[];
  [field: string]: unknown;
}

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

/** `isPod`: of a pod itself, not of a template, which may leave some things to later. */
export function validatePodSpec(
  spec: PodSpec,
  field: string,
  { isPod = false, podName = '' }: { isPod?: boolean; podName?: string } = {},
): StatusCause[] {
  const { causes, valid } = validateVolumes(spec.volumes ?? [], `${field}.volumes`, { isPod, podName });
  return [
    ...causes,
    ...validateAllContainers(spec, field, { volumes: valid, isPod }),
    ...validateHostNetwork(spec, field, { isPod }),
    ...validateDeadline(spec.activeDeadlineSeconds, `${field}.activeDeadlineSeconds`),
    ...mustBeOneOf(`${field}.restartPolicy`, spec.restartPolicy ?? 'Always', RESTART_POLICIES),
    ...mustBeOneOf(`${field}.dnsPolicy`, spec.dnsPolicy ?? 'ClusterFirst', DNS_POLICIES),
    ...validateDns(spec.dnsConfig, spec.dnsPolicy ?? '', `${field}.dnsConfig`),
    ...validatePodSecurityContext(spec.securityContext ?? {}, spec, `${field}.securityContext`),
    ...validatePlacement(spec, field),
    ...validateNames(spec, field),
    ...validateFileRefs(spec, field),
    ...(spec.preemptionPolicy === undefined
      ? []
      : mustBeOneOf(`${field}.preemptionPolicy`, spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'])),
    ...validatePodClaims(spec.resourceClaims ?? [], `${field}.resourceClaims`),
    ...validateOs(spec.os, `${field}.os`),
    ...validateSystem(spec, field),
    ...validateHostProcess(spec, field),
    ...(isPod ? validateReadiness(spec, field) : []),
  ];
}

/** What a template may leave to later. */
function validateReadiness(spec: PodSpec, field: string): StatusCause[] {
  const padded = 'must not have leading or trailing whitespace';
  const nobody = 'must not be specified when serviceAccountName is not set';
  const volumes = spec.serviceAccountName ? [] : (spec.volumes ?? []);
  return [
    ...placedContainers(spec, field).flatMap(({ container: { image = '' }, at }) =>
      image.trim() === image ? [] : [invalid(`${at}.image`, image, padded)],
    ),
    ...volumes.flatMap(({ projected }, index) =>
      (projected?.sources ?? []).flatMap(({ serviceAccountToken }, place) => {
        const at = `${field}.volumes[${index}].projected.sources[${place}].serviceAccountToken`;
        return serviceAccountToken ? [forbidden(at, nobody)] : [];
      }),
    ),
  ];
}

function validateAllContainers(
  spec: PodSpec,
  field: string,
  { volumes, isPod }: { volumes: ReadonlyMap<string, Volume>; isPod: boolean },
): StatusCause[] {
  const containers = spec.containers ?? [];
  const init = spec.initContainers ?? [];
  const surroundings: Surroundings = {
    volumes,
    claims: new Set((spec.resourceClaims ?? []).map(({ name = '' }) => name)),
    hasHostUsers: spec.hostUsers !== false,
    restartPolicy: spec.restartPolicy ?? 'Always',
    graceSeconds: spec.terminationGracePeriodSeconds,
  };
  const ephemeral = { others: [...containers, ...init], own: spec.ephemeralContainers ?? [] };
  return [
    ...validateContainers(containers, `${field}.containers`, surroundings),
    ...validateInitContainers({ containers, init }, `${field}.initContainers`, surroundings),
    ...(isPod || ephemeral.own.length === 0
      ? []
      : [forbidden(`${field}.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]),
    ...validateEphemeralContainers(ephemeral, `${field}.ephemeralContainers`, surroundings),
    ...validatePodResources(spec, surroundings.claims, field),
    ...validateResources({ limits: spec.overhead ?? {} }, new Set(), `${field}.overhead`),
  ];
}

/** On a node's own network a container has the node's ports. */
function validateHostNetwork(spec: PodSpec, field: string, { isPod }: { isPod: boolean }): StatusCause[] {
  const why = 'must match `containerPort` when `hostNetwork` is true';
  const ports = (spec.containers ?? []).flatMap(({ ports: own = [] }, index) =>
    own.map((port, at) => ({ ...port, place: `${field}.containers[${index}].ports[${at}].hostPort` })),
  );
  const mismatched = ports.filter(
    ({ hostPort = 0, containerPort = 0 }) => (isPod || hostPort !== 0) && hostPort !== containerPort,
  );
  const userless = spec.hostUsers === false;
  return [
    ...(spec.hostNetwork ? mismatched.map(({ place, hostPort = 0 }) => invalid(place, hostPort, why)) : []),
    ...(userless && spec.hostNetwork ? [forbidden(`${field}.hostNetwork`, 'when `hostUsers` is false')] : []),
    ...(userless && spec.hostPID ? [forbidden(`${field}.HostPID`, 'when `hostUsers` is false')] : []),
    ...(userless && spec.hostIPC ? [forbidden(`${field}.HostIPC`, 'when `hostUsers` is false')] : []),
  ];
}

const MAX_SECONDS = 2_147_483_647;

function validateDeadline(seconds: number | undefined, field: string): StatusCause[] {
  const isFine = seconds === undefined || (seconds >= 1 && seconds <= MAX_SECONDS);
  return isFine ? [] : [invalid(field, seconds, `must be between 1 and ${MAX_SECONDS}, inclusive`)];
}

function validatePlacement(spec: PodSpec, field: string): StatusCause[] {
  const { readinessGates = [], schedulingGates = [] } = spec;
  const isAgain = repeated(schedulingGates.map(({ name = '' }) => name));
  return [
    ...validateSelectorLabels(spec.nodeSelector ?? {}, `${field}.nodeSelector`),
    ...validateAffinity(spec.affinity ?? {}, `${field}.affinity`),
    ...validateTolerations(spec.tolerations ?? [], `${field}.tolerations`),
    ...validateSpread(spec.topologySpreadConstraints ?? [], `${field}.topologySpreadConstraints`),
    ...readinessGates.flatMap(({ conditionType = '' }, index) =>
      causesOf(`${field}.readinessGates[${index}].conditionType`, conditionType, isQualifiedName(conditionType)),
    ),
    ...schedulingGates.flatMap(({ name = '' }, index) => [
      ...causesOf(`${field}.schedulingGates[${index}]`, name, isQualifiedName(name)),
      ...(isAgain[index] ? [duplicate(`${field}.schedulingGates[${index}]`, name)] : []),
    ]),
  ];
}

function validateNames(spec: PodSpec, field: string): StatusCause[] {
  const { runtimeClassName: runtime } = spec;
  return [
    ...mayBeNamed(`${field}.serviceAccountName`, spec.serviceAccountName, isDnsSubdomain),
    ...mayBeNamed(`${field}.nodeName`, spec.nodeName, isDnsSubdomain),
    ...mayBeNamed(`${field}.hostname`, spec.hostname, isDnsLabel),
    ...validateHostname(spec, `${field}.hostnameOverride`),
    ...mayBeNamed(`${field}.subdomain`, spec.subdomain, isDnsLabel),
    ...mayBeNamed(`${field}.priorityClassName`, spec.priorityClassName, isDnsSubdomain),
    ...(runtime === undefined ? [] : causesOf(`${field}.runtimeClassName`, runtime, isDnsSubdomain(runtime))),
    ...validateHostAliases(spec.hostAliases ?? [], `${field}.hostAliases`),
  ];
}

const MAX_HOSTNAME = 64;

function validateHostname(spec: PodSpec, field: string): StatusCause[] {
  const { hostnameOverride: name, setHostnameAsFQDN: isWhole, hostNetwork } = spec;
  if (name === undefined) return [];
  return [
    ...(isWhole ? [forbidden(field, 'may not be specified when setHostnameAsFQDN is true')] : []),
    ...(hostNetwork ? [forbidden(field, 'may not be specified when hostNetwork is true')] : []),
    ...(name.length > MAX_HOSTNAME ? [tooLong(field, MAX_HOSTNAME)] : []),
    ...causesOf(field, name, isDnsSubdomain(name)),
  ];
}

/** Variables that are read from a file need the volume that it is in. */
function validateFileRefs({ containers, initContainers, volumes }: PodSpec, field: string): StatusCause[] {
  const byName = new Map((volumes ?? []).toReversed().map((volume) => [volume.name, volume]));
  return Object.entries({ initContainers, containers }).flatMap(([list, items]) =>
    (items ?? []).flatMap(({ env = [] }, index) =>
      env.flatMap(({ valueFrom }, at) => {
        const ref = valueFrom?.fileKeyRef;
        if (!ref) return [];
        const name = ref.volumeName ?? '';
        const place = `${field}.${list}[${index}].env[${at}].valueFrom.fileKeyRef.volumeName`;
        const volume = byName.get(name);
        if (!volume) return [notFound(place, name)];
        return volume.emptyDir ? [] : [invalid(place, name, 'referenced volume must be of type emptyDir')];
      }),
    ),
  );
}

function validateOs(os: PodSpec['os'], field: string): StatusCause[] {
  if (!os) return [];
  if (!os.name) return [required(`${field}.name`)];
  const names = ['linux', 'windows'];
  return names.includes(os.name) ? [] : [notSupported(field, os.name, names)];
}
