import type { KubeClient } from '../../shared/client/client.ts';
import { newInformer } from '../../shared/controller/list-watch-informer.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import type { Authorizer } from '../apiserver/authz/authorizer.ts';
import type { HealthCheck } from '../apiserver/handlers/health.ts';
import type { AuditSink } from '../apiserver/middleware/audit.ts';
import type { Handler } from '../apiserver/request.ts';
import { newHubControllers } from '../controllers/controllers.ts';
import { ensureHubObjects } from '../install/hub-objects.ts';
import type { Storage } from '../storage/backend.ts';
import { openLmdbStorage } from '../storage/lmdb-backend.ts';
import { checkAgentWrite } from './agent-admission.ts';
import { newAgentCredentials } from './agent-credentials.ts';
import { newAgentSpaceLimit } from './agent-space.ts';
import { openAuditLog } from './audit-log.ts';
import { runInBackground } from './background.ts';
import { BACKUP_PATH, newBackupHandler } from './backup/backup-handler.ts';
import { listAgentAuthorities } from './ca/agent-authorities.ts';
import { allOf, newAuthorityCheck } from './ca/authority-check.ts';
import { CA_PATH, newCaHandler } from './ca/ca-handler.ts';
import { controlTls, newEmbeddedAccess, serveControlPlaneApi } from './control-plane-api.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { type EmbeddedApi, newEmbeddedApi } from './embedded-api.ts';
import type { Hub, HubDeps } from './hub.ts';
import { loadHubPki } from './hub-pki.ts';
import { ensureKubernetesObjects } from './initial-objects.ts';
import { newCompatAdmission } from './karmada-compat/compat-admission.ts';
import { ensureCompatObjects } from './karmada-compat/compat-objects.ts';
import { type LivePki, newLivePki } from './live-pki.ts';
import { newOpenRequestLimit } from './open-requests.ts';
import type { EmbeddedApiOptions, HubOptions } from './options.ts';
import { keepPublished } from './publish-keys.ts';
import { newPushMode } from './push-mode.ts';
import { defaultAdvertisedHost, serverUrl, servingHosts } from './serving-hosts.ts';
import { tellStoreEpoch } from './store-epoch.ts';
import { newTeardown, type Teardown } from './teardown.ts';

/** The hub with its own Kubernetes API: directory → store → keys → API → initial objects → listener → controllers. */
export async function startEmbeddedHub(options: HubOptions, api: EmbeddedApiOptions, deps: HubDeps): Promise<Hub> {
  const teardown = newTeardown(deps.log);
  try {
    return await start(options, api, deps, teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function start(options: HubOptions, api: EmbeddedApiOptions, deps: HubDeps, teardown: Teardown): Promise<Hub> {
  const { clock, log } = deps;
  const directory = openDataDirectory(api.dataDir);
  const onError = (err: unknown): void => log.warn({ err }, 'the store goes on without something that failed');
  const storage = openLmdbStorage({ directory: directory.store, clock, onError });
  teardown.add('store', () => storage.close());
  const advertisedHost = api.advertise?.host ?? defaultAdvertisedHost(api.host);
  const pki = await openPki(directory, servedNames(options, api, advertisedHost), deps);
  const readiness = newReadiness();
  const healthChecks = [readiness.check, newStorageCheck(storage)];
  const identity = 'pullet-hub';
  const otherPaths = newOtherPaths({ storage, directory, pki, client: () => embedded.client }, clock);
  const requests = newOpenRequestLimit(storage);
  teardown.add('requests', requests.close);
  const space = newAgentSpaceLimit(storage);
  teardown.add('agent space', space.close);
  const own = api.karmadaCompat ? newCompatAdmission(() => embedded.client) : checkAgentWrite;
  const admission = [own, requests.check, space.check];
  const agents = newAgentCredentials(storage);
  teardown.add('credentials', agents.close);
  const authority = newAuthorityCheck(() => pki.current().caPem);
  const credentials = allOf(authority, agents);
  const audit = openAudit(api, deps, teardown);
  const parts = { storage, admission, credentials, healthChecks, otherPaths, ...audit, identity, clock, log };
  const embedded = newEmbeddedApi({ ...parts, pki: pki.current() });
  teardown.add('api', () => embedded.close());
  await ensureInitialObjects(embedded.client, api, storage);
  const port = await embedded.listen({ host: api.host, port: api.port });
  const server = serverUrl(advertisedHost, api.advertise?.port ?? port);
  await keepPublished(pki, { embedded, authority, directory, server });
  const servesKarmada = api.karmadaCompat === true;
  const { ended } = startControllers(options, deps, { embedded, pki, teardown, servesKarmada });
  const control = await serveControl(options, deps, { embedded, pki, teardown, server });
  teardown.add('readiness', readiness.stopping);
  readiness.started();
  log.info({ server, dataDir: directory.path }, 'the hub is ready');
  return {
    server,
    get caPem() {
      return pki.current().caPem;
    },
    ...control,
    adminKubeconfig: directory.adminKubeconfig,
    client: embedded.client,
    ended,
    stop: teardown.run,
  };
}

function openPki({ pki: directory }: DataDirectory, hosts: string[], { clock, log }: HubDeps): Promise<LivePki> {
  return newLivePki({ load: () => loadHubPki({ directory, hosts, now: clock.now() }), clock, log });
}

interface PathParts {
  storage: Storage;
  directory: DataDirectory;
  pki: LivePki;
  client: () => KubeClient;
}

function newOtherPaths({ storage, directory, pki, client }: PathParts, clock: HubDeps['clock']) {
  const now = () => clock.now();
  const listAgents = () => listAgentAuthorities(client());
  return (authorize: Authorizer): ReadonlyMap<string, Handler> =>
    new Map([
      [BACKUP_PATH, newBackupHandler({ storage, directory, authorize, now })],
      [CA_PATH, newCaHandler({ pki, directory: directory.pki, listAgents, authorize, now })],
    ]);
}

async function ensureInitialObjects(client: KubeClient, api: EmbeddedApiOptions, { epoch }: Storage): Promise<void> {
  await ensureKubernetesObjects(client);
  await ensureHubObjects(client);
  if (api.karmadaCompat) await ensureCompatObjects(client);
  await tellStoreEpoch(client, epoch);
}

function servedNames({ control }: HubOptions, { host }: EmbeddedApiOptions, advertisedHost: string): string[] {
  const listening = control ? [host, control.host] : [host];
  return [...new Set(listening.flatMap((each) => servingHosts(each, advertisedHost)))];
}

interface ControlParts {
  embedded: EmbeddedApi;
  pki: LivePki;
  teardown: Teardown;
  server: string;
}

async function serveControl(
  { control }: HubOptions,
  { clock, log }: HubDeps,
  { embedded, pki, teardown, server }: ControlParts,
): Promise<{ control?: string }> {
  if (!control) return {};
  const checkHealth = async (): Promise<void> => void (await embedded.client.raw({ method: 'GET', path: '/readyz' }));
  const endpoint = () => ({ server, caPem: pki.current().caPem });
  const deps = { ...newEmbeddedAccess(embedded), endpoint, checkHealth, clock, log };
  const tls = await controlTls(control, pki.current());
  const { url, useCertificates } = await serveControlPlaneApi({ options: control, tls, deps, teardown });
  pki.follow(async (keys) => useCertificates(await controlTls(control, keys)));
  return { control: url };
}

interface EmbeddedParts {
  embedded: EmbeddedApi;
  pki: LivePki;
  teardown: Teardown;
  servesKarmada: boolean;
}

function openAudit({ auditLogFile }: EmbeddedApiOptions, { log }: HubDeps, teardown: Teardown): { audit?: AuditSink } {
  if (auditLogFile === undefined) return {};
  const auditLog = openAuditLog(auditLogFile, log);
  teardown.add('audit log', async () => auditLog.flush());
  return { audit: auditLog.write };
}

function startControllers(
  options: HubOptions,
  { clock, log }: HubDeps,
  { embedded, pki, teardown, servesKarmada }: EmbeddedParts,
): { ended: Promise<void> } {
  const client: KubeClient = embedded.client;
  const controllers = newHubControllers(
    { client, newInformer, newController, clock, log },
    {
      isEmbedded: true,
      signsClusterInfo: true,
      signing: { ca: () => pki.current().ca },
      servesKarmada,
      servingCa: { pem: () => pki.current().caPem, onChange: pki.follow },
      checkPolicyTypes: embedded.checkPolicyTypes,
      requiresApproval: options.requiresApproval,
      monitorGrace: options.monitorGrace,
    },
  );
  const push = newPushMode(client, options.push, { clock, log });
  const running = runInBackground(async (signal) => {
    await Promise.all([controllers.run(signal), push(signal), pki.keepRenewing(signal)]);
  });
  teardown.add('controllers', running.stop);
  const ended = running.ended.finally(() => teardown.run());
  ended.catch(() => {}); // whoever waits is told; nobody needs to
  return { ended };
}

/** `/readyz` says why nothing can be written; a restart would not help, so `/livez` does not mind. */
function newStorageCheck(storage: Storage): HealthCheck {
  return {
    name: 'storage-writable',
    endpoints: ['readyz', 'healthz'],
    tellsReason: true,
    check: () => {
      const failure = storage.writeFailure();
      if (failure) throw failure;
    },
  };
}

/** `/readyz` fails until the start is complete and from the moment the hub begins to stop; `/livez` does not mind. */
function newReadiness(): { check: HealthCheck; started(): void; stopping(): void } {
  let why: string | undefined = 'the hub is starting';
  return {
    check: {
      name: 'hub',
      endpoints: ['readyz', 'healthz'],
      check: () => {
        if (why) throw new Error(why);
      },
    },
    started: () => {
      why = undefined;
    },
    stopping: () => {
      why = 'the hub is stopping';
    },
  };
}
