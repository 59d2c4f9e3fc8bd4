import { arch, platform } from 'node:process';
import { Registry as MetricsRegistry } from 'prom-client';
import { GROUP_AUTHENTICATED, GROUP_MASTERS, type UserInfo } from '../../shared/apis/user-info.ts';
import { VERSION } from '../../shared/apis/version.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { newPolicyCheck } from '../apiserver/admission-policy/policy-check.ts';
import { newPolicyReader } from '../apiserver/admission-policy/policy-reader.ts';
import { typeWarnings } from '../apiserver/admission-policy/type-warnings.ts';
import { newAccessControl, newApiServer } from '../apiserver/api-server.ts';
import type { CredentialCheck } from '../apiserver/authn/credential-check.ts';
import type { Authorizer } from '../apiserver/authz/authorizer.ts';
import { followCustomResourceDefinitions } from '../apiserver/custom-resource-follower.ts';
import { newDiscoveryHandler } from '../apiserver/handlers/discovery.ts';
import type { HealthCheck } from '../apiserver/handlers/health.ts';
import { newVersionInfo } from '../apiserver/handlers/version.ts';
import type { Listener, TlsMaterial } from '../apiserver/listener/listener.ts';
import type { AuditSink } from '../apiserver/middleware/audit.ts';
import { newOpenApiHandler } from '../apiserver/openapi/openapi.ts';
import type { AdmissionCheck, Registry } from '../apiserver/registry/registry.ts';
import { newUnstoredCheck } from '../apiserver/registry/unstored-check.ts';
import type { Handler } from '../apiserver/request.ts';
import { newResourceHandler } from '../apiserver/resource-handler.ts';
import { newCatalog } from '../apiserver/types/catalog.ts';
import type { PolicyTypeCheck } from '../controllers/policy-types/reconcile.ts';
import type { Storage } from '../storage/backend.ts';
import type { HubPki } from './hub-pki.ts';
import { type ForwardedCaller, newForwardingTransport, newInMemoryTransport } from './in-memory-transport.ts';

/** The embedded Kubernetes API of one process: of the hub, or of a simulated member. Everything in the process reaches it through `client`. */

export interface EmbeddedApiOptions {
  storage: Storage;
  pki: HubPki;
  admission: readonly AdmissionCheck[];
  /** Which client certificates are refused although TLS has verified them. */
  credentials?: CredentialCheck;
  healthChecks: HealthCheck[];
  /** Who the process is to its own API: user and user agent. */
  identity: string;
  /** What is served beside the Kubernetes API, by whole path. */
  otherPaths?: (authorize: Authorizer) => ReadonlyMap<string, Handler>;
  /** Is told of every request; absent: nobody is. */
  audit?: AuditSink;
  clock: Clock;
  log: Logger;
}

export interface EmbeddedApi {
  client: KubeClient;
  /** A client that acts as somebody who has come in elsewhere; authenticated with each request. */
  clientOf(caller: ForwardedCaller): KubeClient;
  /** Opens it to the network; resolves to the port. */
  listen(address: { host: string; port: number }): Promise<number>;
  /** What the types of a policy's expressions have wrong. */
  checkPolicyTypes: PolicyTypeCheck;
  /** For connections from now on; open ones go on. */
  useCertificates(pki: HubPki): void;
  /** Ends the listener and everything that follows the store; the store stays open. */
  close(): Promise<void>;
}

/** Of requests for callers of the control-plane API. */
const CONTROL_AGENT = `pullet-control/${VERSION}`;
const ISSUER = 'https://kubernetes.default.svc.cluster.local';

export function newEmbeddedApi(options: EmbeddedApiOptions): EmbeddedApi {
  const { storage, clock, log, identity } = options;
  const catalog = newCatalog();
  const access = newAccessControl(storage);
  const { authorize, checkEscalation } = access;
  const registry: Registry = {
    storage,
    catalog,
    clock,
    log,
    authorize,
    checkEscalation,
    admission: [...access.admission, ...options.admission],
  };
  const policies = newPolicyReader(storage);
  registry.policies = newPolicyCheck(registry, policies, authorize);
  const stopFollowing = followCustomResourceDefinitions(registry, catalog);
  const server = newApiServer({
    storage,
    access,
    ...(options.credentials ? { credentials: options.credentials } : {}),
    handlers: {
      resources: newResourceHandler(registry),
      discovery: newDiscoveryHandler(catalog),
      openApi: newOpenApiHandler(catalog),
    },
    checkToken: newUnstoredCheck(registry),
    serviceAccountKeys: { issuer: ISSUER, audiences: [ISSUER], signingKey: options.pki.serviceAccountKey },
    version: newVersionInfo({ version: VERSION, platform: `${platform}/${arch === 'x64' ? 'amd64' : arch}` }),
    clock,
    log,
    metrics: new MetricsRegistry(),
    healthChecks: options.healthChecks,
    ...(options.audit ? { audit: options.audit } : {}),
    ...(options.otherPaths ? { otherPaths: options.otherPaths(access.authorize) } : {}),
  });
  const user: UserInfo = { name: `system:${identity}`, groups: [GROUP_MASTERS, GROUP_AUTHENTICATED] };
  const client = newKubeClient({
    transport: newInMemoryTransport(server.handle, user),
    userAgent: `${identity}/${VERSION}`,
    clock,
  });
  const listeners: Listener[] = [];
  let { pki } = options;
  return {
    client,
    clientOf: (caller) =>
      newKubeClient({ transport: newForwardingTransport(server.handle, caller), userAgent: CONTROL_AGENT, clock }),
    listen: async (address) => {
      const listener = await server.listen({ ...address, tls: tlsOf(pki) });
      listeners.push(listener);
      return listener.port;
    },
    checkPolicyTypes: (policy) => typeWarnings(policy, catalog),
    useCertificates: (changed) => {
      pki = changed;
      for (const listener of listeners) listener.setTlsMaterial(tlsOf(pki));
    },
    close: async () => {
      await server.close();
      await client.close();
      stopFollowing();
      policies.close();
    },
  };
}

function tlsOf({ serving: { certPem, keyPem }, caPem }: HubPki): TlsMaterial {
  return { certificate: certPem, privateKey: keyPem, clientCa: caPem };
}
