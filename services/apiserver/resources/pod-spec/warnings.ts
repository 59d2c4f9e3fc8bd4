import { canonicalQuantity } from '../../../../shared/apis/quantity.ts';
import type { PodSpec } from '../validate-pod-spec.ts';
import type { Affinity } from './affinity.ts';
import type { Container, ContainerPort } from './containers.ts';
import type { EnvVar } from './env.ts';
import { OLD_LABELS } from './old-labels.ts';

/** What is valid in a pod's spec and probably not what was meant, as upstream warns of it. Source: kubernetes, api/pod/warnings.go. */

export function podSpecWarnings(spec: PodSpec, field: string): string[] {
  const containers = [
    ...placed(spec.initContainers, `${field}.initContainers`),
    ...placed(spec.containers, `${field}.containers`),
  ];
  return [
    ...placementWarnings(spec, field),
    ...volumeWarnings(spec, `${field}.volumes`),
    ...repeated(spec.hostAliases ?? [], 'ip', `${field}.hostAliases`),
    ...secretWarnings(spec, `${field}.imagePullSecrets`),
    ...containers.flatMap(containerWarnings),
    ...portWarnings(containers),
    ...portNameWarnings(containers),
    ...graceWarnings(spec, `${field}.terminationGracePeriodSeconds`),
    ...affinityWarnings(spec.affinity ?? {}, `${field}.affinity`),
  ];
}

interface Placed {
  container: Container;
  at: string;
}

const placed = (list: Container[] | null | undefined, field: string): Placed[] =>
  (list ?? []).map((container, index) => ({ container, at: `${field}[${index}]` }));

const NO_SELECTOR = 'a null labelSelector results in matching no pod';

function placementWarnings({ nodeSelector = {}, topologySpreadConstraints = [] }: PodSpec, field: string): string[] {
  return [
    ...Object.keys(nodeSelector).flatMap((key) =>
      OLD_LABELS.has(key) ? [`${field}.nodeSelector[${key}]: ${OLD_LABELS.get(key)}`] : [],
    ),
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

const OLD_VOLUMES: readonly (readonly [string, string])[] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

function volumeWarnings({ volumes }: PodSpec, field: string): string[] {
  return (volumes ?? []).flatMap((volume, index) =>
    OLD_VOLUMES.filter(([sort]) => sort in volume).map(
      ([sort, text]) => `${field}[${index}].${sort.replace('storageos', 'storageOS')}: ${text}`,
    ),
  );
}

function repeated<Name extends string>(
  items: readonly Partial<Record<Name, unknown>>[],
  name: Name,
  field: string,
): string[] {
  const seen = new Set<unknown>();
  return items.flatMap((item, index) => {
    const isAgain = seen.has(item[name]);
    seen.add(item[name]);
    return isAgain ? [`${field}[${index}].${name}: duplicate ${name} ${JSON.stringify(item[name] ?? '')}`] : [];
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
    const required = 'requiredDuringSchedulingIgnoredDuringExecution';
    const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
    return [
      ...(terms?.[required] ?? []).flatMap(({ labelSelector }, index) =>
        labelSelector ? [] : [`${field}.${name}.${required}[${index}].labelSelector: ${NO_SELECTOR}`],
      ),
      ...(terms?.[preferred] ?? []).flatMap(({ podAffinityTerm: term }, index) =>
        term?.labelSelector
          ? []
          : [`${field}.${name}.${preferred}[${index}].podAffinityTerm.labelSelector: ${NO_SELECTOR}`],
      ),
    ];
  });
}

function containerWarnings({ container, at }: Placed): string[] {
  return [...fractionWarnings(container, at), ...hiddenVariables(container.env ?? [], `${at}.env`)];
}

/** There is no part of a byte. */
function fractionWarnings({ resources = {} }: Container, at: string): string[] {
  return ['memory', 'ephemeral-storage'].flatMap((name) =>
    (['limits', 'requests'] as const).flatMap((list) => {
      const value = canonicalQuantity(String(resources[list]?.[name] ?? '0')) ?? '';
      const text = `fractional byte value ${JSON.stringify(value)} is invalid, must be an integer`;
      return /[mun]$/.test(value) ? [`${at}.resources.${list}[${name}]: ${text}`] : [];
    }),
  );
}

/** Of an environment variable that is named twice the first is lost when the object is applied, unless the second is made of it. */
function hiddenVariables(env: readonly EnvVar[], field: string): string[] {
  const seen = new Set<string>();
  return env.flatMap(({ name = '', value = '', valueFrom }, index) => {
    const reference = `$(${name})`;
    const isAgain = seen.has(name);
    seen.add(name);
    const hides = valueFrom !== undefined || value === reference || !value.includes(reference);
    const text = `hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`;
    return isAgain && hides ? [`${field}[${index}]: ${text}`] : [];
  });
}

interface PlacedPort {
  port: ContainerPort;
  at: string;
}

const portsOf = (containers: readonly Placed[]): PlacedPort[] =>
  containers.flatMap(({ container, at }) =>
    (container.ports ?? []).map((port, index) => ({ port, at: `${at}.ports[${index}]` })),
  );

/** Beyond these no header has room for more. */
const ENOUGH = 100;
/** Pairs of ports that are looked at: most bodies have a few, the largest some hundred millions. */
const MAX_PAIRS = 1_000_000;

function portWarnings(containers: readonly Placed[]): string[] {
  const seen = new Map<string, PlacedPort[]>();
  const warnings: string[] = [];
  let pairs = 0;
  for (const one of portsOf(containers)) {
    const number = `${one.port.containerPort}/${one.port.protocol}`;
    const others = seen.get(number) ?? [];
    for (const other of others) {
      if (warnings.length >= ENOUGH || ++pairs > MAX_PAIRS) return warnings;
      const relation = relationOf(one.port, other.port);
      if (relation) warnings.push(`${one.at}: ${relation} port definition with ${other.at}`);
    }
    others.push(one);
    seen.set(number, others);
  }
  return warnings;
}

function relationOf(one: ContainerPort, other: ContainerPort): string | undefined {
  const [ip, otherIp] = [one.hostIP ?? '', other.hostIP ?? ''];
  const [port, otherPort] = [one.hostPort ?? 0, other.hostPort ?? 0];
  if (ip === otherIp && port === otherPort) return 'duplicate';
  if (port === 0 || otherPort === 0) return 'overlapping';
  return port === otherPort && (ip === '') !== (otherIp === '') ? 'dangerously ambiguous' : undefined;
}

function portNameWarnings(containers: readonly Placed[]): string[] {
  const first = new Map<string, string>();
  return portsOf(containers).flatMap(({ port: { name }, at }) => {
    if (!name) return [];
    const other = first.get(name);
    if (!other) first.set(name, at);
    const use = `services and probes that select ports by name will use ${other}`;
    return other ? [`${at}: duplicate port name ${JSON.stringify(name)} with ${other}, ${use}`] : [];
  });
}
