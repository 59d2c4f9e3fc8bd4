import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { AuditTrail, RequestContext, RequestInfo, ServerRequest, ServerResponse } from '../request.ts';

/**
 * One line of the audit log: `Event` of audit.k8s.io/v1 at level Metadata. Who asked what, when, from where, and how it was answered; never what was in a
 * request or an answer, so that no Secret and no token gets into it.
 */
export interface AuditEvent {
  kind: 'Event';
  apiVersion: 'audit.k8s.io/v1';
  level: 'Metadata';
  auditID: string;
  stage: 'ResponseStarted' | 'ResponseComplete' | 'Panic';
  requestURI: string;
  verb: string;
  user: AuditUser;
  impersonatedUser?: AuditUser;
  authenticationMetadata?: { impersonationConstraint: string };
  sourceIPs?: string[];
  userAgent?: string;
  objectRef?: ObjectReference;
  responseStatus: { metadata: object; status?: 'Failure'; reason?: string; code: number };
  /** RFC 3339 with microseconds. */
  requestReceivedTimestamp: string;
  stageTimestamp: string;
  /** Why it was allowed or not, and what admission policies say of it: that is up to who wrote them. */
  annotations?: Record<string, string>;
}

export interface AuditUser {
  username?: string;
  uid?: string;
  groups?: string[];
  extra?: Record<string, string[]>;
}

export interface ObjectReference {
  resource?: string;
  namespace?: string;
  name?: string;
  uid?: string;
  apiGroup?: string;
  apiVersion?: string;
  resourceVersion?: string;
  subresource?: string;
}

export interface Answered {
  stage: AuditEvent['stage'];
  response: ServerResponse;
  receivedMs: number;
  stageMs: number;
}

export function newAuditEvent(
  { request, info, auditId = '', audit }: Pick<RequestContext, 'request' | 'info' | 'auditId' | 'audit'>,
  { stage, response, receivedMs, stageMs }: Answered,
): AuditEvent {
  const { remoteAddress, userAgent } = request;
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: auditId,
    stage,
    requestURI: requestUri(request),
    verb: info.verb,
    user: auditUser(audit?.user),
    ...(audit?.impersonatedUser ? impersonationOf(audit, audit.impersonatedUser) : {}),
    ...(remoteAddress === undefined ? {} : { sourceIPs: [remoteAddress] }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(info.isResource ? { objectRef: objectReference(info, audit?.object) } : {}),
    responseStatus: responseStatus(response),
    requestReceivedTimestamp: microTime(receivedMs),
    stageTimestamp: microTime(stageMs),
    ...(audit?.annotations ? { annotations: Object.fromEntries([...audit.annotations].sort(byKey)) } : {}),
  };
}

const byKey = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : 1);

function impersonationOf({ impersonationConstraint }: AuditTrail, user: UserInfo): Partial<AuditEvent> {
  return {
    impersonatedUser: auditUser(user),
    ...(impersonationConstraint ? { authenticationMetadata: { impersonationConstraint } } : {}),
  };
}

/** Empty for who could not be authenticated, as upstream. */
function auditUser(user: UserInfo | undefined): AuditUser {
  if (!user) return {};
  const { name, groups, uid, extra } = user;
  return { username: name, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) };
}

/** What the path does not say is as the object has it that was sent. */
function objectReference(info: RequestInfo, sent: AuditTrail['object'] = {}): ObjectReference {
  const { resource, group, version, subresource } = info;
  const namespace = info.namespace || (sent.namespace ?? '');
  const name = info.name || (sent.name ?? '');
  const { uid = '', resourceVersion = '' } = sent;
  const reference: ObjectReference = {};
  if (resource !== '') reference.resource = withoutWebTokens(resource);
  if (namespace !== '') reference.namespace = withoutWebTokens(namespace);
  if (name !== '') reference.name = withoutWebTokens(name);
  if (uid !== '') reference.uid = withoutWebTokens(uid);
  if (group !== '') reference.apiGroup = withoutWebTokens(group);
  if (version !== '') reference.apiVersion = withoutWebTokens(version);
  if (resourceVersion !== '') reference.resourceVersion = withoutWebTokens(resourceVersion);
  if (subresource !== '') reference.subresource = withoutWebTokens(subresource);
  return reference;
}

/** The reason of a Status, which says nothing of any object, and not its message, which may. */
function responseStatus({ status: code, body }: ServerResponse): AuditEvent['responseStatus'] {
  if (code < 400) return { metadata: {}, code };
  const reason = typeof body === 'string' ? /"reason": ?"(\w+)"/.exec(body)?.[1] : undefined;
  return { metadata: {}, status: 'Failure', ...(reason ? { reason } : {}), code };
}

const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

/** What clients of the Kubernetes API ask with. Whatever else stands behind the question mark may be a secret that somebody put there. */
const PARAMETERS = new Set([
  'allowWatchBookmarks',
  'container',
  'continue',
  'dryRun',
  'exclude',
  'fieldManager',
  'fieldSelector',
  'fieldValidation',
  'force',
  'gracePeriodSeconds',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'includeObject',
  'labelSelector',
  'limit',
  'orphanDependents',
  'pretty',
  'propagationPolicy',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeout',
  'timeoutSeconds',
  'verbose',
  'watch',
]);
const BOOTSTRAP_TOKEN = /^[a-z0-9]{6}\.[a-z0-9]{16}$/;

/** A JSON Web Token begins with the base64 of `{"`, which no name of Kubernetes has in it. Each run of its characters is read once, however long it is. */
const withoutWebTokens = (text: string): string =>
  text.includes('eyJ') ? text.replace(DOTTED, (run) => (run.includes('eyJ') ? 'redacted' : run)) : text;
const DOTTED = /(?<![\w-])[\w-]+(?:\.[\w-]*)+/g;

function requestUri({ path, query }: ServerRequest): string {
  const safePath = withoutWebTokens(path);
  if (query.size === 0) return safePath;
  const told = [...query].map(([name, value]) => {
    if (!PARAMETERS.has(name)) return 'redacted';
    return `${name}=${BOOTSTRAP_TOKEN.test(value) ? 'redacted' : encodeURIComponent(withoutWebTokens(value))}`;
  });
  return `${safePath}?${told.join('&')}`;
}
