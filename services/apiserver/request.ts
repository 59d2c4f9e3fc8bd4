import type { X509Certificate } from 'node:crypto';
import type { ObjectMeta, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { UserInfo } from '../../shared/apis/user-info.ts';

/**
 * A request as the API server's middleware and handlers see it, independent of HTTP version and of whether it came over a socket or from
 * within the process. The chain (`api-server.ts`): TLS → request info → audit → metrics → errors → authenticate → impersonate → limit → authorize → handler → storage.
 */

export interface ServerRequest {
  method: string;
  /** Without the query string; percent-decoded only segment by segment in `RequestInfo`. */
  path: string;
  query: URLSearchParams;
  /** As it was sent, for messages; absent from callers within the process. */
  rawQuery?: string;
  /** Lower-case names. Of `impersonate-group` and `impersonate-extra-…` sent several times: the values with a line feed between them. */
  headers: Record<string, string | undefined>;
  /** The body, at most the server's limit (413 beyond). */
  body(): Promise<Uint8Array>;
  /** The client certificate that TLS verified against the client CA. */
  clientCertificate?: VerifiedCertificate;
  /** A client certificate was presented and can't be used; why, in words for the log. */
  clientCertificateError?: string;
  /** Set by in-process callers only: who they are. Never from the wire. */
  inProcessUser?: UserInfo;
  remoteAddress?: string;
  userAgent?: string;
  /** Aborts when the client is gone; may be made when it is first asked for. Handlers ask their context, which knows of more. */
  readonly signal: AbortSignal;
}

export interface VerifiedCertificate {
  commonName: string;
  organizations: string[];
  /** DER, for fingerprints. */
  raw: Uint8Array;
  /** The same as TLS has read it; absent where it did not come over TLS. */
  x509?: X509Certificate;
  notAfterMs: number;
}

export interface ServerResponse {
  status: number;
  headers?: Record<string, string>;
  /** A stream for watches; it ends when its consumer stops reading or the request's signal aborts. */
  body?: Uint8Array | string | AsyncIterable<Uint8Array>;
  /** What memory it takes until it has been read; of a stream: what it has yet to tell of its beginning. */
  holding?: Holding;
}

export interface Holding {
  bytes: number;
  /** Set by who keeps count: to be called when nothing is held any more, as often as anybody notices. */
  release?: () => void;
  /** Set by who hands the answer on: breaks it off, so that nothing is held. */
  giveUp?: () => void;
}

/** As upstream's RequestInfo: what the path and method mean. */
export interface RequestInfo {
  /** A request about a resource, as opposed to `/healthz`, `/apis`, `/openapi/v2` … */
  isResource: boolean;
  /** get list watch create update patch delete deletecollection; for non-resources the lower-case method. */
  verb: string;
  path: string;
  group: string;
  version: string;
  /** `''` for cluster-scoped requests and for all namespaces. For `namespaces/<n>` it is `<n>`, as upstream. */
  namespace: string;
  resource: string;
  subresource: string;
  name: string;
  /** Path segments after the subresource, if there are any. */
  rest?: string[];
}

/** Who asked, for the audit log. */
export interface AuditTrail {
  /** As authenticated; absent when nobody was. */
  user?: UserInfo;
  /** Whom the request went on as, if that is another. */
  impersonatedUser?: UserInfo;
  /** The verb that allowed it, where that depends on what is asked for. */
  impersonationConstraint?: string;
  /** What was sent, where an object was. */
  object?: Pick<ObjectMeta, 'name' | 'namespace' | 'uid' | 'resourceVersion'>;
  /** What there is to be known about it besides, by names as labels have them. */
  annotations?: Map<string, string>;
}

/** Of what was sent the audit log is told which object it is, and nothing else of it. */
export function noteObject(audit: AuditTrail | undefined, { metadata }: Unstructured): void {
  if (!audit) return;
  const { name, namespace, uid, resourceVersion } = metadata;
  audit.object = {
    name: shortened(name),
    namespace: shortened(namespace),
    uid: shortened(uid),
    resourceVersion: shortened(resourceVersion),
  } as ObjectMeta;
}

/** None that is stored is longer. */
const MAX_CHARACTERS = 2000;

/** What was sent is not known to be valid yet. */
function shortened(text: string | undefined): string | undefined {
  return text === undefined || text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}…`;
}

/** What was said first stays, as upstream. */
export function annotate(audit: AuditTrail | undefined, key: string, value: string): void {
  if (!audit) return;
  audit.annotations ??= new Map();
  if (!audit.annotations.has(key)) audit.annotations.set(key, value);
}

export interface RequestContext {
  /** Not to be copied: some of it is worked out when it is first asked for. */
  readonly request: ServerRequest;
  readonly info: RequestInfo;
  /** Aborts when nobody waits any more for what is being done: the client is gone, or the request's time is up. Made when it is first asked for. */
  signal: () => AbortSignal;
  /** Set by authentication (after impersonation: the impersonated one). */
  user: UserInfo;
  /** Of the `Audit-Id` header; set before authentication. */
  auditId?: string;
  /** Set where requests are audited, and filled on the way down the chain. */
  audit?: AuditTrail;
  /** Texts for `Warning: 299 - "…"` headers. */
  readonly warnings: string[];
}

export type Handler = (context: RequestContext) => Promise<ServerResponse>;
/** A middleware may answer by itself or pass on to `next`. One file each in `middleware/`. */
export type Middleware = (context: RequestContext, next: Handler) => Promise<ServerResponse>;
