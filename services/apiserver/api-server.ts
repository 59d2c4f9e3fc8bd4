import type { Registry as MetricsRegistry } from 'prom-client';
import { isStatusError, newInternalError } from '../../shared/apis/meta/status-error.ts';
import type { Storage } from '../storage/backend.ts';
import { firstOf, type TokenAuthenticator } from './authn/authenticator.ts';
import { newBearerTokenAuthenticator, newTokenAuthenticator } from './authn/bearer-token.ts';
import { newBootstrapTokenAuthenticator } from './authn/bootstrap-token.ts';
import { ALL_CREDENTIALS_GOOD, type CredentialCheck } from './authn/credential-check.ts';
import { newServiceAccountTokenAuthenticator, type ServiceAccountKeys } from './authn/service-account-token.ts';
import { readCoreObject } from './authn/stored-object.ts';
import { newWebSocketTokenAuthenticator } from './authn/websocket-token.ts';
import { newX509Authenticator } from './authn/x509.ts';
import type { Authorizer } from './authz/authorizer.ts';
import { newCertificateCheck } from './authz/certificate-check.ts';
import { newCreateCheck } from './authz/create-check.ts';
import { rememberDecisions } from './authz/decision-memory.ts';
import { newRbacAuthorizer } from './authz/rbac-authorizer.ts';
import { newEscalationCheck } from './authz/rbac-escalation.ts';
import { newStorageRbacReader } from './authz/storage-rbac-reader.ts';
import { type HealthCheck, newHealthHandler } from './handlers/health.ts';
import { newIssuerConfigurationHandler, newIssuerKeysHandler } from './handlers/issuer-discovery.ts';
import { newMetricsHandler } from './handlers/metrics.ts';
import { plainText } from './handlers/plain-text.ts';
import { newReviewRoute } from './handlers/reviews.ts';
import { newTokenRequestRoute } from './handlers/token-request.ts';
import { newVersionHandler, type VersionInfo } from './handlers/version.ts';
import { type Listener, type ListenOptions, listen } from './listener/listener.ts';
import { type AuditSink, newAudit, noteAuthenticated, noteImpersonated, requestId } from './middleware/audit.ts';
import { ANONYMOUS, newAuthentication } from './middleware/authentication.ts';
import { newAuthorization } from './middleware/authorization.ts';
import { compose } from './middleware/compose.ts';
import { compression } from './middleware/compression.ts';
import { newCredentialEnd } from './middleware/credential-end.ts';
import { errorResponse, newErrorResponses } from './middleware/error-response.ts';
import { newImpersonation } from './middleware/impersonation.ts';
import { type InFlightLimits, newInFlightLimit, type Share } from './middleware/in-flight.ts';
import { prettyJson } from './middleware/pretty-json.ts';
import { newRequestMetrics } from './middleware/request-metrics.ts';
import { newRequestTimeout } from './middleware/timeout.ts';
import { newUnreadLimit } from './middleware/unread-answers.ts';
import { warnings } from './middleware/warnings.ts';
import type { AdmissionCheck, Clock, EscalationCheck } from './registry/registry.ts';
import type { UnstoredCheck } from './registry/unstored-check.ts';
import type { Handler, RequestContext, ServerRequest, ServerResponse } from './request.ts';
import { MalformedPathError, newRequestInfo, UnclearPathError } from './request-info.ts';
import { newRouter } from './router.ts';
import type { ServerLogger } from './server-logger.ts';

/** The embedded Kubernetes API over a store: who asks, whether they may, and then the handlers. */

export interface ApiServerOptions {
  storage: Storage;
  access: AccessControl;
  handlers: { resources: Handler; discovery: Handler; openApi: Handler };
  serviceAccountKeys: ServiceAccountKeys;
  /** Asked about tokens for service accounts; absent: nobody is. */
  checkToken?: UnstoredCheck;
  version: VersionInfo;
  clock: Clock;
  log: ServerLogger;
  metrics: MetricsRegistry;
  healthChecks?: HealthCheck[];
  inFlightLimits?: InFlightLimits;
  /** Bytes of answers that wait to be read. */
  unreadLimit?: Share;
  audit?: AuditSink;
  /** Which client certificates are refused although TLS has verified them; none if absent. */
  credentials?: CredentialCheck;
  /** Served beside the Kubernetes API, by whole path, to whom a `nonResourceURLs` rule lets. */
  otherPaths?: ReadonlyMap<string, Handler>;
}

export interface ApiServer {
  /**
   * Runs the whole chain. For callers in the process, who say who they are with `inProcessUser`; never rejects. A streamed body that is not read to its
   * end must be given up (`return()` of its iterator, or the request's signal).
   */
  handle(request: ServerRequest): Promise<ServerResponse>;
  /** Serves the same over TLS. Rejects with an Error that says what is wrong with the address. */
  listen(options: ListenOptions): Promise<Listener>;
  /** Ends the listeners, open watches included. The store stays open. */
  close(): Promise<void>;
}

/** Rights as they are at this moment; made before the resource handlers, which need the escalation check. */
export interface AccessControl {
  authorize: Authorizer;
  checkEscalation: EscalationCheck;
  /** To be first among the admission checks: rights that depend on what is written. */
  admission: readonly AdmissionCheck[];
  rbac: ReturnType<typeof newStorageRbacReader>;
}

export function newAccessControl(storage: Storage): AccessControl {
  const rbac = newStorageRbacReader(storage);
  const authorize = rememberDecisions(newRbacAuthorizer(rbac), rbac.onChange);
  return {
    rbac,
    authorize,
    checkEscalation: newEscalationCheck(rbac, authorize),
    admission: [newCreateCheck(authorize), newCertificateCheck(authorize)],
  };
}

export function newApiServer(options: ApiServerOptions): ApiServer {
  const chain = newChain(options);
  const listeners = new Set<Listener>();
  const handle = (request: ServerRequest): Promise<ServerResponse> => answer(request, chain, options.log);
  return {
    handle,
    listen: async (listenOptions) => {
      const listener = await listen(listenOptions, handle, options.log);
      listeners.add(listener);
      return listener;
    },
    close: async () => {
      await Promise.all([...listeners].map((listener) => listener.close()));
      options.access.rbac.close();
    },
  };
}

async function answer(request: ServerRequest, chain: Handler, log: ServerLogger): Promise<ServerResponse> {
  try {
    const signal = (): AbortSignal => request.signal;
    const context: RequestContext = { request, info: newRequestInfo(request), signal, user: ANONYMOUS, warnings: [] };
    return await chain(context);
  } catch (error) {
    if (isStatusError(error)) return errorResponse(error);
    if (error instanceof UnclearPathError) return unclearPath(request, error);
    if (error instanceof MalformedPathError) return malformedPath;
    log.error({ err: error, path: request.path }, 'a request failed');
    return errorResponse(newInternalError('the server could not handle the request'));
  }
}

/** In the words and the form of upstream's server. */
function unclearPath({ path, query, rawQuery }: ServerRequest, { message }: UnclearPathError): ServerResponse {
  const search = query.size > 0 ? `?${rawQuery ?? query}` : '';
  const url = `${path}${search}`.replace(/[&<>]/g, (character) => ESCAPED[character] ?? character);
  const { headers, ...answer } = plainText(
    500,
    `Internal Server Error: ${JSON.stringify(url)}: failed to create RequestInfo: ${message}, ${url}\n`,
  );
  return { ...answer, headers: { ...headers, 'cache-control': '' } };
}

/** Of Go's server, before any of upstream's. */
const malformedPath: ServerResponse = {
  status: 400,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': '' },
  body: '400 Bad Request',
};

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function newChain(options: ApiServerOptions): Handler {
  const { access, clock, log, credentials = ALL_CREDENTIALS_GOOD } = options;
  const tokens = newTokenKinds(options);
  const kinds = [tokens()];
  const authenticate = firstOf([
    newX509Authenticator(() => clock.now(), credentials),
    newBearerTokenAuthenticator(kinds),
    newWebSocketTokenAuthenticator(kinds),
  ]);
  const unread = newUnreadLimit(options.unreadLimit);
  const middlewares = [
    requestId,
    newAudit(options.audit, () => clock.now()),
    newRequestMetrics(options.metrics),
    unread.formed,
    compression,
    unread.unformed,
    prettyJson,
    warnings,
    newErrorResponses(log),
    newRequestTimeout(clock),
    newAuthentication(authenticate, log),
    newCredentialEnd(credentials),
    noteAuthenticated,
    newImpersonation(access.authorize),
    noteImpersonated,
    newInFlightLimit(options.inFlightLimits),
    newAuthorization(access.authorize),
  ];
  return compose(middlewares, newRoutes(options, tokens));
}

type TokenKinds = (audiences?: string[]) => TokenAuthenticator;

function newTokenKinds({ storage, clock, serviceAccountKeys: keys }: ApiServerOptions): TokenKinds {
  const bootstrap = newBootstrapTokenAuthenticator(storage, () => clock.now());
  const lookup = (resource: string, key: { namespace: string; name: string }) => readCoreObject(storage, resource, key);
  return (audiences) =>
    newTokenAuthenticator([
      bootstrap,
      newServiceAccountTokenAuthenticator({ keys, lookup, now: () => clock.now() }, audiences),
    ]);
}

function newRoutes(options: ApiServerOptions, authenticateToken: TokenKinds): Handler {
  const { handlers, access, clock, log, storage, serviceAccountKeys: keys } = options;
  const { audiences } = keys;
  const reviewRoute = newReviewRoute({ ...access, authenticateToken, audiences });
  const check = options.checkToken;
  const tokenRequestRoute = newTokenRequestRoute({
    storage,
    keys,
    now: () => clock.now(),
    ...(check ? { check } : {}),
  });
  return newRouter({
    ...handlers,
    questions: (context) => reviewRoute(context) ?? tokenRequestRoute(context),
    health: newHealthHandler(options.healthChecks ?? [], (check, err) =>
      log.warn({ check, err }, 'a health check failed'),
    ),
    version: newVersionHandler(options.version),
    metrics: newMetricsHandler(options.metrics),
    issuerConfiguration: newIssuerConfigurationHandler(keys),
    issuerKeys: newIssuerKeysHandler(keys),
    others: options.otherPaths ?? new Map(),
  });
}
