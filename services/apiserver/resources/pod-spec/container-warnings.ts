import type { Placed } from './annotations.ts';
import type { Container, ContainerPort } from './containers.ts';
import type { EnvVar } from './env.ts';
import { fractionWarning } from './fraction-warning.ts';

/** What is valid in a pod's containers and probably not what was meant. Source: kubernetes, api/pod/warnings.go. */

export function containerWarnings({ container, at }: Placed): string[] {
  return [...fractionWarnings(container, at), ...hiddenVariables(container.env ?? [], `${at}.env`)];
}

function fractionWarnings({ resources = {} }: Container, at: string): string[] {
  return ['memory', 'ephemeral-storage'].flatMap((name) =>
    (['limits', 'requests'] as const).flatMap((list) =>
      fractionWarning(resources[list]?.[name], `${at}.resources.${list}[${name}]`),
    ),
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

export function portWarnings(containers: readonly Placed[]): string[] {
  const seen = new Map<string, PlacedPort[]>();
  const warnings: string[] = [];
  let pairs = 0;
  for (const one of portsOf(containers)) {
    warnings.push(...addressWarning(one));
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

/** An address of the host without a port of the host; the port is shown as Go's struct. */
function addressWarning({ port, at }: PlacedPort): string[] {
  const { name = '', hostPort = 0, containerPort = 0, protocol = '', hostIP = '' } = port;
  const shown = `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
  return hostIP !== '' && hostPort === 0 ? [`${at}: hostIP set without hostPort: ${shown}`] : [];
}

function relationOf(one: ContainerPort, other: ContainerPort): string | undefined {
  const [ip, otherIp] = [one.hostIP ?? '', other.hostIP ?? ''];
  const [port, otherPort] = [one.hostPort ?? 0, other.hostPort ?? 0];
  if (ip === otherIp && port === otherPort) return 'duplicate';
  if (port === 0 || otherPort === 0) return 'overlapping';
  return port === otherPort && (ip === '') !== (otherIp === '') ? 'dangerously ambiguous' : undefined;
}

export function portNameWarnings(containers: readonly Placed[]): string[] {
  const first = new Map<string, string>();
  return portsOf(containers).flatMap(({ port: { name }, at }) => {
    if (!name) return [];
    const other = first.get(name);
    if (!other) first.set(name, at);
    const use = `services and probes that select ports by name will use ${other}`;
    return other ? [`${at}: duplicate port name ${JSON.stringify(name)} with ${other}, ${use}`] : [];
  });
}
