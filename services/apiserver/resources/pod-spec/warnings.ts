import { isEqual } from '../../merge/json-value.ts';
import { isLabelValue } from '../../registry/object-names.ts';
import { goQuoted } from '../../types/go-quoted.ts';
import { ipWarnings } from '../ip-rules.ts';
import type { PodSpec } from '../validate-pod-spec.ts';
import type { Affinity, NodeTerm } from './affinity.ts';
import { APP_ARMOR, type Placed, type PodLike, placedContainers, SECCOMP, SECCOMP_OF_POD } from './annotations.ts';
import { armorWarning, profileOf } from './app-armor.ts';
import { containerWarnings, portNameWarnings, portWarnings } from './container-warnings.ts';
import { fractionWarning } from './fraction-warning.ts';
import { OLD_LABELS } from './old-labels.ts';
import { volumeWarnings } from './volume-warnings.ts';

/**
 * What is valid in a pod, or in what pods are made of, and probably not what was meant, as upstream warns of it, in its order. `at` is the field that has
 * its metadata and spec; none for a pod itself. Source: kubernetes, api/pod/warnings.go.
 */
export function podWarnings(pod: PodLike, at?: string): string[] {
  const [spec, prefix] = [pod.spec ?? {}, at === undefined ? '' : `${at}.`];
  const field = `${prefix}spec`;
  const containers = placedContainers(spec, field);
  return [
    ...placementWarnings(spec, field),
    ...annotationWarnings(pod.metadata?.annotations ?? {}, `${prefix}metadata.annotations`),
    ...volumeWarnings(spec.volumes ?? [], `${field}.volumes`),
    ...repeated(spec.hostAliases ?? [], 'ip', `${field}.hostAliases`),
    ...secretWarnings(spec, `${field}.imagePullSecrets`),
    ...['memory', 'ephemeral-storage'].flatMap((name) =>
      fractionWarning(spec.overhead?.[name], `${field}.overhead[${name}]`),
    ),
    ...seccompWarning(pod, SECCOMP_OF_POD, spec.securityContext?.seccompProfile, `${prefix}metadata`),
    ...containers.flatMap((placed) => [...profileWarnings(pod, placed, at), ...containerWarnings(placed)]),
    ...portWarnings(containers),
    ...portNameWarnings(containers),
    ...graceWarnings(spec, `${field}.terminationGracePeriodSeconds`),
    ...affinityWarnings(spec.affinity ?? {}, `${field}.affinity`),
    ...addressWarnings(spec, field),
  ];
}

const NO_SELECTOR = 'a null labelSelector results in matching no pod';

function placementWarnings(
  { nodeSelector, affinity, topologySpreadConstraints = [] }: PodSpec,
  field: string,
): string[] {
  return [
    ...Object.keys(nodeSelector ?? {}).flatMap((key) =>
      OLD_LABELS.has(key) ? [`${field}.nodeSelector[${key}]: ${OLD_LABELS.get(key)}`] : [],
    ),
    ...nodeWarnings(affinity ?? {}, `${field}.affinity.nodeAffinity`),
    ...topologySpreadConstraints.flatMap(({ topologyKey = '', labelSelector }, index) => {
      const at = `${field}.topologySpreadConstraints[${index}]`;
      const old = OLD_LABELS.get(topologyKey);
      return [
        ...(old ? [`${at}.topologyKey: ${topologyKey} is ${old}`] : []),
        ...(labelSelector ? [] : [`${at}.labelSelector: ${NO_SELECTOR}`]),
      ];
    }),
  ];
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

function nodeWarnings({ nodeAffinity = {} }: Affinity, field: string): string[] {
  return [
    ...(nodeAffinity[REQUIRED]?.nodeSelectorTerms ?? []).flatMap((term, index) =>
      termWarnings(term, `${field}.${REQUIRED}.nodeSelectorTerms[${index}]`),
    ),
    ...(nodeAffinity[PREFERRED] ?? []).flatMap(({ preference = {} }, index) => [
      ...termWarnings(preference, `${field}.${PREFERRED}[${index}].preference`, { checksValues: true }),
    ]),
  ];
}

/** `checksValues`: they may be no values of labels, and then select nothing. */
export function termWarnings(
  { matchExpressions = [] }: NodeTerm,
  field: string,
  { checksValues = false } = {},
): string[] {
  return matchExpressions.flatMap(({ key = '', values = [] }, index) => {
    const at = `${field}.matchExpressions[${index}]`;
    return [
      ...(OLD_LABELS.has(key) ? [`${at}.key: ${key} is ${OLD_LABELS.get(key)}`] : []),
      ...values.flatMap((value, place) =>
        checksValues ? isLabelValue(value).map((text) => `${at}.values[${place}]: ${value} is invalid, ${text}`) : [],
      ),
    ];
  });
}

const OLD_ANNOTATIONS: readonly (readonly [string, string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
];

function annotationWarnings(annotations: Record<string, string>, field: string): string[] {
  return OLD_ANNOTATIONS.filter(([key]) => annotations[key] !== undefined).map(
    ([key, text]) => `${field}[${key}]: ${text}`,
  );
}

function seccompWarning({ metadata }: PodLike, key: string, profile: object | undefined, field: string): string[] {
  const text = 'non-functional in v1.27+; use the "seccompProfile" field instead';
  return profile || metadata?.annotations?.[key] === undefined ? [] : [`${field}.annotations[${key}]: ${text}`];
}

/** Of a pod itself its annotation has become a field by now. */
function profileWarnings(
  pod: PodLike,
  { container: { name = '', securityContext = {} } }: Placed,
  at?: string,
): string[] {
  const metadata = at === undefined ? 'metadata' : `${at}.metadata`;
  const seccomp = seccompWarning(pod, SECCOMP + name, securityContext.seccompProfile, metadata);
  const said = pod.metadata?.annotations?.[APP_ARMOR + name];
  if (at === undefined || said === undefined || securityContext.appArmorProfile) return seccomp;
  const own = pod.spec?.securityContext?.appArmorProfile;
  return own && isEqual(own, profileOf(said)) ? seccomp : [...seccomp, armorWarning(metadata, APP_ARMOR + name)];
}

function repeated<Name extends string>(
  items: readonly Partial<Record<Name, unknown>>[],
  name: Name,
  field: string,
): string[] {
  const seen = new Set<unknown>();
  return items.flatMap((item, index) => {
    const value = item[name] ?? '';
    const isAgain = seen.has(value);
    seen.add(value);
    return isAgain ? [`${field}[${index}].${name}: duplicate ${name} ${goQuoted(String(value))}`] : [];
  });
}

function secretWarnings({ imagePullSecrets }: PodSpec, field: string): string[] {
  const secrets = (imagePullSecrets ?? []) as { name?: string }[];
  return [
    ...repeated(secrets, 'name', field),
    ...secrets.flatMap(({ name }, index) => (name ? [] : [`${field}[${index}].name: invalid empty name ""`])),
  ];
}

function graceWarnings({ terminationGracePeriodSeconds: seconds = 0 }: PodSpec, field: string): string[] {
  return seconds < 0 ? [`${field}: must be >= 0; negative values are invalid and will be treated as 1`] : [];
}

function affinityWarnings({ podAffinity, podAntiAffinity }: Affinity, field: string): string[] {
  return Object.entries({ podAffinity, podAntiAffinity }).flatMap(([name, terms]) => {
    return [
      ...(terms?.[REQUIRED] ?? []).flatMap(({ labelSelector }, index) =>
        labelSelector ? [] : [`${field}.${name}.${REQUIRED}[${index}].labelSelector: ${NO_SELECTOR}`],
      ),
      ...(terms?.[PREFERRED] ?? []).flatMap(({ podAffinityTerm: term }, index) =>
        term?.labelSelector
          ? []
          : [`${field}.${name}.${PREFERRED}[${index}].podAffinityTerm.labelSelector: ${NO_SELECTOR}`],
      ),
    ];
  });
}

/** Old forms of addresses. */
function addressWarnings({ dnsConfig, hostAliases }: PodSpec, field: string): string[] {
  return [
    ...(dnsConfig?.nameservers ?? []).flatMap((ip, index) =>
      ipWarnings(`${field}.dnsConfig.nameservers[${index}]`, ip),
    ),
    ...(hostAliases ?? []).flatMap(({ ip = '' }, index) => ipWarnings(`${field}.hostAliases[${index}].ip`, ip)),
  ];
}
