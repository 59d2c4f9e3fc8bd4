import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { isPortName } from '../../registry/object-names.ts';
import { duplicate, forbidden, invalid, notFound, required } from '../../types/field-error.ts';
import { isPort, PORT_TEXT } from '../port-number.ts';
import { repeated } from '../repeated.ts';
import { type Resources, validateResources } from './container-resources.ts';
import { type EnvFrom, type EnvVar, validateEnv, validateEnvFrom } from './env.ts';
import { mustBeNamed, mustBeOneOf, notEmpty } from './field-rules.ts';
import { type Ending, type Probed, validateProbesAndHooks } from './handlers.ts';
import { type Mounting, validateMounts } from './mounts.ts';
import { validateRestart } from './restart-rules.ts';
import { type SecurityContext, validateSecurityContext } from './security-context.ts';
import type { Volume } from './volumes.ts';

/** The containers of a pod, of all three sorts. */

export interface ContainerPort {
  name?: string;
  containerPort?: number;
  hostPort?: number;
  hostIP?: string;
  protocol?: string;
}

export interface Container extends Probed, Omit<Mounting, 'securityContext'> {
  name?: string;
  image?: string;
  imagePullPolicy?: string;
  terminationMessagePolicy?: string;
  ports?: ContainerPort[];
  env?: EnvVar[];
  envFrom?: EnvFrom[];
  resources?: Resources;
  resizePolicy?: { resourceName?: string; restartPolicy?: string }[];
  restartPolicy?: string;
  restartPolicyRules?: { action?: string; exitCodes?: { operator?: string; values?: number[] } }[];
  securityContext?: SecurityContext;
  targetContainerName?: string;
}

/** What containers are judged by that stands outside of them. */
export interface Surroundings extends Ending {
  volumes: ReadonlyMap<string, Volume>;
  claims: ReadonlySet<string>;
  hasHostUsers: boolean;
  restartPolicy: string;
}

export function validateContainers(
  containers: readonly Container[],
  field: string,
  surroundings: Surroundings,
): StatusCause[] {
  if (containers.length === 0) return [required(field)];
  const isAgain = repeated(namesOf(containers));
  return [
    ...containers.flatMap((container, index) => {
      const at = `${field}[${index}]`;
      return [
        ...validateContainer(container, at, surroundings),
        ...(isAgain[index] ? [sameName(container, at)] : []),
        ...validateProbesAndHooks(container, at, surroundings),
        ...validateRestart(container, at),
      ];
    }),
    ...validateHostPorts(containers, field),
  ];
}

const namesOf = (containers: readonly Container[]) => containers.map(({ name }) => name);

/** Of those of `own`, that stand behind the others, each. */
const repeatedBehind = (others: readonly Container[], own: readonly Container[]): boolean[] =>
  repeated(namesOf([...others, ...own])).slice(others.length);

const sameName = ({ name }: Container, field: string): StatusCause => duplicate(`${field}.name`, name ?? '');

const NO_SIDECAR = 'may not be set for init containers without restartPolicy=Always';
const OF_SIDECARS = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** Those that run before the others, and those of them that go on running. */
export function validateInitContainers(
  { containers, init }: { containers: readonly Container[]; init: readonly Container[] },
  field: string,
  surroundings: Surroundings,
): StatusCause[] {
  const isAgain = repeatedBehind(containers, init);
  return init.flatMap((container, index) => {
    const at = `${field}[${index}]`;
    const isSidecar = container.restartPolicy === 'Always';
    return [
      ...validateContainer(container, at, surroundings),
      ...validateRestart(container, at),
      ...(container.name && isAgain[index] ? [sameName(container, at)] : []),
      ...validateHostPorts([container], field),
      ...(isSidecar
        ? validateProbesAndHooks(container, at, surroundings)
        : OF_SIDECARS.filter((name) => container[name]).map((name) => forbidden(`${at}.${name}`, NO_SIDECAR))),
      ...(isSidecar ? [] : restartedByResize(container, at)),
    ];
  });
}

function restartedByResize({ resizePolicy = [] }: Container, field: string): StatusCause[] {
  const why = "must not be set to 'RestartContainer' for non-sidecar initContainers";
  return resizePolicy.flatMap(({ restartPolicy }, index) =>
    restartPolicy === 'RestartContainer'
      ? [invalid(`${field}.resizePolicy[${index}].restartPolicy`, restartPolicy, why)]
      : [],
  );
}

/** Debugging containers; a template has none. */
export function validateEphemeralContainers(
  { others, own }: { others: readonly Container[]; own: readonly Container[] },
  field: string,
  surroundings: Surroundings,
): StatusCause[] {
  const isAgain = repeatedBehind(others, own);
  const names = new Set(namesOf(others));
  return own.flatMap((container, index) => {
    const at = `${field}[${index}]`;
    const { targetContainerName: target = '' } = container;
    return [
      ...validateContainer(container, at, surroundings),
      ...(isAgain[index] ? [sameName(container, at)] : []),
      ...(target === '' || names.has(target) ? [] : [notFound(`${at}.targetContainerName`, target)]),
      ...notForDebugging(container, at),
    ];
  });
}

const OF_WORKLOADS = [
  ...OF_SIDECARS,
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
] as const;

/** They are no part of what the pod is for. */
function notForDebugging(container: Container, field: string): StatusCause[] {
  const text = 'cannot be set for an Ephemeral Container';
  return [
    ...OF_WORKLOADS.filter((name) => container[name] && isSet(name, container[name])).map((name) =>
      forbidden(`${field}.${name}`, text),
    ),
    ...(container.volumeMounts ?? []).flatMap((mount, index) =>
      (['subPath', 'subPathExpr'] as const)
        .filter((name) => mount[name])
        .map((name) => forbidden(`${field}.volumeMounts[${index}].${name}`, text)),
    ),
  ];
}

/** What Go holds by pointer is there also when it is empty. */
const isSet = (name: string, value: unknown): boolean =>
  name === 'resources' || Array.isArray(value) ? hasContent(value as object) : true;

const hasContent = (value: object | null): boolean => Object.values(value ?? {}).length > 0;

function validateContainer(container: Container, field: string, surroundings: Surroundings): StatusCause[] {
  const { ports = [], env = [], envFrom = [], resources = {}, securityContext } = container;
  return [
    ...mustBeNamed(`${field}.name`, container.name),
    ...notEmpty(`${field}.image`, container.image),
    ...mustBeOneOf(`${field}.terminationMessagePolicy`, container.terminationMessagePolicy, MESSAGE_POLICIES),
    ...validatePorts(ports, `${field}.ports`),
    ...validateEnv(`${field}.env`, env),
    ...validateEnvFrom(`${field}.envFrom`, envFrom),
    ...validateMounts(container, surroundings.volumes, field),
    ...mustBeOneOf(`${field}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES),
    ...validateResources(resources, surroundings.claims, `${field}.resources`),
    ...validateResize(container, `${field}.resizePolicy`, surroundings),
    ...(securityContext ? validateSecurityContext(securityContext, `${field}.securityContext`, surroundings) : []),
  ];
}

const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

function validatePorts(ports: readonly ContainerPort[], field: string): StatusCause[] {
  const isAgain = repeated(ports.map(({ name }) => name));
  return ports.flatMap((port, index) => {
    const { name = '', containerPort = 0, hostPort = 0, protocol } = port;
    const at = `${field}[${index}]`;
    return [
      ...validatePortName(name, `${at}.name`, { isAgain: isAgain[index] === true }),
      ...(containerPort === 0 ? [required(`${at}.containerPort`)] : portNumber(containerPort, `${at}.containerPort`)),
      ...(hostPort === 0 ? [] : portNumber(hostPort, `${at}.hostPort`)),
      ...mustBeOneOf(`${at}.protocol`, protocol, PROTOCOLS),
    ];
  });
}

const portNumber = (port: number, field: string): StatusCause[] =>
  isPort(port) ? [] : [invalid(field, port, PORT_TEXT)];

function validatePortName(name: string, field: string, { isAgain }: { isAgain: boolean }): StatusCause[] {
  if (name === '') return [];
  const texts = isPortName(name);
  if (texts.length > 0) return texts.map((text) => invalid(field, name, text));
  return isAgain ? [duplicate(field, name)] : [];
}

/** Two can't have one port of a node. */
function validateHostPorts(containers: readonly Container[], field: string): StatusCause[] {
  const taken = new Set<string>();
  return containers.flatMap(({ ports = [] }, index) =>
    ports.flatMap(({ hostPort = 0, hostIP = '', protocol = 'TCP' }, at) => {
      if (hostPort === 0) return [];
      const key = `${protocol}/${hostIP}/${hostPort}`;
      const isTaken = taken.has(key);
      taken.add(key);
      return isTaken ? [duplicate(`${field}[${index}].ports[${at}].hostPort`, key)] : [];
    }),
  );
}

const RESIZED = ['cpu', 'memory'];
const RESIZE_POLICIES = ['NotRequired', 'RestartContainer'];

/** What happens to a container whose resources change; the paths lack the index, as upstream's. */
function validateResize({ resizePolicy = [] }: Container, field: string, { restartPolicy: ofPod }: Surroundings) {
  const never = "must be 'NotRequired' when pod `restartPolicy` is 'Never'";
  const isAgain = repeated(resizePolicy.map(({ resourceName = '' }) => resourceName));
  return resizePolicy.flatMap(({ resourceName = '', restartPolicy = '' }, index) => {
    return [
      ...(isAgain[index] ? [duplicate(`${field}[${index}]`, resourceName)] : []),
      ...mustBeOneOf(field, resourceName, RESIZED),
      ...mustBeOneOf(field, restartPolicy, RESIZE_POLICIES),
      ...(ofPod === 'Never' && restartPolicy !== 'NotRequired' ? [invalid(field, restartPolicy, never)] : []),
    ];
  });
}
