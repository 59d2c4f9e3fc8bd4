import {
  newBadRequest,
  newInvalid,
  newNotFound,
  newPathNotFound,
  newServiceUnavailable,
} from '../../../shared/apis/meta/status-error.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { newUnreasonedError } from '../merge/unreasoned-error.ts';
import { objectKey } from '../registry/keys.ts';
import { checkLogAccepts, negotiate } from '../registry/negotiation.ts';
import { decodeEntry } from '../registry/object-codec.ts';
import { queryIntegerOf } from '../registry/query-values.ts';
import type { Registry } from '../registry/registry.ts';
import { hasNamespaces, keyOf, newMethodNotAllowed, subjectOf } from '../registry/target.ts';
import type { RequestContext, ServerResponse } from '../request.ts';
import { invalid } from '../types/field-error.ts';

/**
 * The endpoints that lead to what runs: `log`, `exec`, `attach`, `portforward` of pods, and `proxy`. Nothing runs here, so discovery does not list them; who
 * asks is refused in upstream's words as far as it gets without a connection, and after that is told so.
 */

type PartHandler = (registry: Registry, context: RequestContext) => Promise<ServerResponse>;

interface Part {
  methods: readonly string[];
  /** Throws a `StatusError` unless there is nothing to tell. */
  answer(asked: Asked): ServerResponse;
}

interface Asked {
  registry: Registry;
  context: RequestContext;
}

const CONNECTING = ['GET', 'POST'];
const ALL = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

const PARTS: Readonly<Record<string, Part>> = {
  'pods/log': { methods: ['GET'], answer: answerLog },
  'pods/exec': { methods: CONNECTING, answer: answerContainer },
  'pods/attach': { methods: CONNECTING, answer: answerContainer },
  'pods/portforward': { methods: CONNECTING, answer: (asked) => reachNode(asked, podOf(asked)) },
  'pods/proxy': { methods: ALL, answer: proxyPod },
  'services/proxy': { methods: ALL, answer: proxyService },
  'nodes/proxy': { methods: ALL, answer: proxyNode },
};

/** Undefined for a request about anything else. */
export function runningPartOf({ info }: RequestContext): PartHandler | undefined {
  const { group, version, resource, subresource, verb } = info;
  const name = `${resource}/${subresource}`;
  const part = group === '' && version === 'v1' && Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
  if (!part || verb === 'watch' || verb === 'proxy') return undefined;
  return async (registry, context) => {
    checkRoute(context, part);
    if (info.subresource !== 'log' && context.request.query.has('dryRun'))
      throw newBadRequest('dryRun is not supported');
    if (info.name === '') throw newBadRequest('name must be provided');
    return part.answer({ registry, context });
  };
}

/** Throws 404, 405, 406. */
function checkRoute({ info, request }: RequestContext, { methods }: Part): void {
  if (info.rest && info.subresource !== 'proxy') throw newPathNotFound();
  if (hasNamespaces(info) !== (info.resource !== 'nodes')) throw newPathNotFound();
  if (!methods.includes(request.method)) throw newMethodNotAllowed();
  if (info.subresource !== 'log') return;
  checkLogAccepts(request.headers['accept']);
  negotiate(request.headers['accept'], { hasTable: false });
}

const newNothingRuns = (what: string): Error =>
  newServiceUnavailable(
    `${what} is not reached from here: this API keeps objects, and the clusters they go to run them`,
  );

/** Throws 400, 404. */
function objectOf({ registry, context: { info } }: Asked, name = info.name): Unstructured {
  const definition = registry.catalog.find('', 'v1', info.resource);
  if (!definition) throw newPathNotFound();
  const namespace = definition.namespaced ? info.namespace : '';
  const subject = subjectOf(definition, name);
  const key = keyOf({ definition, namespace, name, subject, key: objectKey(definition, namespace, name) });
  const entry = registry.storage.get(key);
  if (!entry) throw newNotFound(subject);
  return decodeEntry(definition, entry);
}

interface Pod {
  name: string;
  nodeName: string;
  podIP: string;
  /** In the order in which upstream tells them. */
  containers: string[];
  isOnlyOne: boolean;
}

interface PodFields {
  spec?: { nodeName?: string } & Partial<
    Record<'containers' | 'initContainers' | 'ephemeralContainers', Named[] | null>
  >;
  status?: { podIP?: string };
}

interface Named {
  name?: string;
}

function podOf(asked: Asked, name?: string): Pod {
  const object = objectOf(asked, name);
  const { spec = {}, status = {} } = object as PodFields;
  const { containers, initContainers, ephemeralContainers } = spec;
  const names = [initContainers, containers, ephemeralContainers].flatMap((list) => list ?? []);
  return {
    name: object.metadata.name ?? '',
    nodeName: spec.nodeName ?? '',
    podIP: status.podIP ?? '',
    containers: names.map((container) => container.name ?? ''),
    isOnlyOne: containers?.length === 1,
  };
}

/** Throws 400 where it is not clear which container is meant. */
function checkContainer({ context: { request } }: Asked, { name, containers, isOnlyOne }: Pod): void {
  const container = request.query.get('container') ?? '';
  if (container !== '' && !containers.includes(container))
    throw newBadRequest(`container ${container} is not valid for pod ${name}`);
  if (container === '' && !isOnlyOne)
    throw newBadRequest(`a container name must be specified for pod ${name}, choose one of: [${containers.join(' ')}]`);
}

/** A pod that no node has taken has said nothing. */
function answerLog(asked: Asked): ServerResponse {
  checkLogOptions(asked.context);
  const pod = podOf(asked);
  checkContainer(asked, pod);
  return pod.nodeName === '' ? { status: 204 } : reachNode(asked, pod);
}

/** Throws 400, 422. */
function checkLogOptions({ request: { query }, info: { name } }: RequestContext): void {
  const least = (field: string, least: number): StatusCause[] => {
    const value = queryIntegerOf(query, field);
    const text = `must be greater than ${least === 0 ? 'or equal to ' : ''}0`;
    return value === undefined || value >= least ? [] : [invalid(field, value, text)];
  };
  const causes = [...least('tailLines', 0), ...least('limitBytes', 1), ...least('sinceSeconds', 1)];
  if (causes.length > 0) throw newInvalid({ resource: 'PodLogOptions', name }, causes);
}

function answerContainer(asked: Asked): ServerResponse {
  const pod = podOf(asked);
  checkContainer(asked, pod);
  return reachNode(asked, pod);
}

/** Through the kubelet of the pod's node; one that is missing is told as a pod, as upstream. */
function reachNode(asked: Asked, { name, nodeName }: Pod): never {
  if (nodeName === '') throw newBadRequest(`pod ${name} does not have a host assigned`);
  const { registry, context } = asked;
  const definition = registry.catalog.find('', 'v1', 'nodes');
  const entry = definition && registry.storage.get(objectKey(definition, '', nodeName));
  if (!entry) throw newNotFound({ resource: context.info.resource, name: nodeName });
  checkAddresses(decodeEntry(definition, entry));
  throw newNothingRuns(`pod ${name}`);
}

function checkAddresses({ status }: Unstructured): void {
  const { addresses }: { addresses?: unknown[] } = { ...(status as object | undefined) };
  if (!addresses?.length) throw newUnreasonedError('no preferred addresses found; known addresses: []');
}

/** `name`, `name:port` or `scheme:name:port`. Throws 400. */
function placeOf(kind: string, id: string): { name: string; port: string } {
  const parts = id.split(':');
  const [scheme, name = '', port = ''] = parts.length < 3 ? ['', ...parts] : parts;
  const isKnown = ['', 'http', 'https'].includes(scheme ?? '') && name !== '' && parts.length < 4;
  if (!isKnown) throw newBadRequest(`invalid ${kind} request ${JSON.stringify(id)}`);
  return { name, port };
}

function proxyPod(asked: Asked): never {
  const { name, podIP } = podOf(asked, placeOf('pod', asked.context.info.name).name);
  if (podIP === '') throw newBadRequest('address not allowed');
  throw newNothingRuns(`pod ${name}`);
}

interface Ports {
  spec?: { ports?: { port?: number }[] | null };
}

/** What a service leads to is of a cluster's making: there is none of it here. */
function proxyService(asked: Asked): never {
  const { name, port } = placeOf('service', asked.context.info.name);
  const { spec } = objectOf(asked, name) as Ports;
  const isNumber = /^\d+$/.test(port);
  if (isNumber && !spec?.ports?.some((one) => String(one.port) === port))
    throw newServiceUnavailable(`no service port ${port} found for service ${JSON.stringify(name)}`);
  const definition = asked.registry.catalog.find('', 'v1', 'endpoints');
  const key = definition && objectKey(definition, asked.context.info.namespace, name);
  if (!key || !asked.registry.storage.get(key)) throw newNotFound({ resource: 'services', name });
  throw newNothingRuns(`service ${name}`);
}

function proxyNode(asked: Asked): never {
  const { name } = placeOf('node', asked.context.info.name);
  checkAddresses(objectOf(asked, name));
  throw newNothingRuns(`node ${name}`);
}
