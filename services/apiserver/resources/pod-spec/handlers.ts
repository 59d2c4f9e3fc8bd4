import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { forbidden, invalid, required } from '../../types/field-error.ts';
import { mayBeOneOf, notEmpty, notNegative, validatePortReference } from './field-rules.ts';

/** What a container is asked or told by: probes, and the two hooks of its life. */

interface Handler {
  exec?: { command?: string[] };
  httpGet?: { path?: string; port?: number | string; scheme?: string; httpHeaders?: { name?: string }[] };
  tcpSocket?: { port?: number | string };
  grpc?: { port?: number };
  sleep?: { seconds?: number };
}

export interface Probe extends Handler {
  initialDelaySeconds?: number;
  timeoutSeconds?: number;
  periodSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
  terminationGracePeriodSeconds?: number;
}

export interface Hooks {
  postStart?: Handler;
  preStop?: Handler;
}

export interface Probed {
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  startupProbe?: Probe;
  lifecycle?: Hooks;
}

const PROBE_HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const;
const HOOK_HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'sleep'] as const;
const TIMES = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

/** What all handlers of a pod share. */
export interface Ending {
  graceSeconds: number | undefined;
}

export function validateProbesAndHooks(container: Probed, field: string, ending: Ending): StatusCause[] {
  const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container;
  return [
    ...(lifecycle ? validateHooks(lifecycle, `${field}.lifecycle`, ending) : []),
    ...validateOnce(livenessProbe, `${field}.livenessProbe`, ending),
    ...validateReadiness(readinessProbe, `${field}.readinessProbe`, ending),
    ...validateOnce(startupProbe, `${field}.startupProbe`, ending),
  ];
}

/** One success is enough. */
function validateOnce(probe: Probe | undefined, field: string, ending: Ending): StatusCause[] {
  if (!probe) return [];
  const { successThreshold = 1 } = probe;
  const once = successThreshold === 1 ? [] : [invalid(`${field}.successThreshold`, successThreshold, 'must be 1')];
  return [...validateProbe(probe, field, ending), ...once];
}

function validateReadiness(probe: Probe | undefined, field: string, ending: Ending): StatusCause[] {
  if (!probe) return [];
  const { terminationGracePeriodSeconds: seconds } = probe;
  const place = `${field}.terminationGracePeriodSeconds`;
  const never = seconds === undefined ? [] : [invalid(place, seconds, 'must not be set for readinessProbes')];
  return [...validateProbe(probe, field, ending), ...never];
}

function validateProbe(probe: Probe, field: string, ending: Ending): StatusCause[] {
  const { terminationGracePeriodSeconds: seconds } = probe;
  const isTooShort = seconds !== undefined && seconds <= 0;
  return [
    ...validateHandler(probe, PROBE_HANDLERS, field, ending),
    ...TIMES.flatMap((name) => notNegative(`${field}.${name}`, probe[name])),
    ...(isTooShort ? [invalid(`${field}.terminationGracePeriodSeconds`, seconds, 'must be greater than 0')] : []),
  ];
}

function validateHooks({ postStart, preStop }: Hooks, field: string, ending: Ending): StatusCause[] {
  return [
    ...(postStart ? validateHandler(postStart, HOOK_HANDLERS, `${field}.postStart`, ending) : []),
    ...(preStop ? validateHandler(preStop, HOOK_HANDLERS, `${field}.preStop`, ending) : []),
  ];
}

type HandlerName = (typeof PROBE_HANDLERS | typeof HOOK_HANDLERS)[number];

/** The first counts, and each other is one too many. */
function validateHandler(
  handler: Handler,
  names: readonly HandlerName[],
  field: string,
  ending: Ending,
): StatusCause[] {
  const [first, ...others] = names.filter((name) => handler[name] !== undefined);
  if (!first) return [required(field, 'must specify a handler type')];
  return [
    ...validateAction(handler, first, { field: `${field}.${first}`, ending }),
    ...others.map((name) => forbidden(`${field}.${name}`, 'may not specify more than 1 handler type')),
  ];
}

function validateAction(handler: Handler, name: HandlerName, { field, ending }: { field: string; ending: Ending }) {
  switch (name) {
    case 'exec':
      return notEmpty(`${field}.command`, handler.exec?.command);
    case 'httpGet':
      return validateHttp(handler.httpGet ?? {}, field);
    case 'tcpSocket':
      return validatePortReference(`${field}.port`, handler.tcpSocket?.port);
    case 'grpc':
      return validatePortReference(`${field}.port`, handler.grpc?.port);
    case 'sleep':
      return validateSleep(handler.sleep?.seconds ?? 0, field, ending);
  }
}

const HEADER_TEXT =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";

function validateHttp(http: NonNullable<Handler['httpGet']>, field: string): StatusCause[] {
  const { path = '', port, scheme = 'HTTP', httpHeaders = [] } = http;
  return [
    ...notEmpty(`${field}.path`, path),
    ...validatePortReference(`${field}.port`, port),
    ...mayBeOneOf(`${field}.scheme`, scheme, ['HTTP', 'HTTPS']),
    ...httpHeaders.flatMap(({ name = '' }) =>
      /^[-A-Za-z0-9]+$/.test(name) ? [] : [invalid(`${field}.httpHeaders`, name, HEADER_TEXT)],
    ),
  ];
}

function validateSleep(seconds: number, field: string, { graceSeconds }: Ending): StatusCause[] {
  if (graceSeconds === undefined || (seconds >= 0 && seconds <= graceSeconds)) return [];
  const why = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
  return [invalid(field, seconds, why)];
}
