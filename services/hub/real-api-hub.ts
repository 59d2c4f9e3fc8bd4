import { VERSION } from '../../shared/apis/version.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { inClusterAccess } from '../../shared/client/in-cluster.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import { type ClusterAccess, loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { newInformer } from '../../shared/controller/list-watch-informer.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import { certificateMatchesKey } from '../../shared/pki/certificate-info.ts';
import { readPrivateKey } from '../../shared/pki/private-key.ts';
import type { CertificateAuthority } from '../../shared/pki/x509.ts';
import { newHubControllers } from '../controllers/controllers.ts';
import { runInBackground } from './background.ts';
import { serveControlOnRealApi } from './control-on-real-api.ts';
import { type HubHealth, serveHealth } from './health-pages.ts';
import type { Hub, HubDeps } from './hub.ts';
import { leadHub } from './lead-hub.ts';
import type { HubOptions, RealApiOptions } from './options.ts';
import { prepareRealApi } from './prepare-real-api.ts';
import { newPushMode } from './push-mode.ts';
import { readNamedFile } from './read-named-file.ts';
import { newTeardown, type Teardown } from './teardown.ts';
import { tellMissing } from './tell-missing.ts';

/**
 * The hub's controllers on a real Kubernetes API. kube-controller-manager does namespaces, garbage collection and, unless a CA is given here, signing.
 * Of several replicas one leads, by a Lease in karmada-system. Throws when `signal` aborts before it is ready.
 */
export async function startHubOnRealApi(
  options: HubOptions,
  api: RealApiOptions,
  deps: HubDeps,
  signal: AbortSignal,
): Promise<Hub> {
  const teardown = newTeardown(deps.log);
  const access = await accessOf(api);
  const ca = api.signing ? await readCa(api.signing) : undefined;
  const client = connect(access, deps);
  teardown.add('client', () => client.close());
  try {
    const health: HubHealth = { isStopping: false, isStandby: false };
    const pagePorts = await serveHubHealth(api, health, teardown);
    await prepareRealApi({ ...deps, client, access }, signal);
    const control = await serveControlOnRealApi(options, deps, { client, access, teardown }, signal);
    const workAsLeader = newLeaderWork(options, deps, { client, access, health, ...(ca ? { ca } : {}) });
    const onTaken = (): void => {
      health.isStandby = true;
    };
    const running = runInBackground(
      api.leaderElect ? leadHub(client, { ...deps, onTaken }, workAsLeader) : workAsLeader,
    );
    teardown.add('controllers', running.stop);
    teardown.add('readiness', () => {
      health.isStopping = true;
    });
    const { server, caPem = '' } = access.transport;
    deps.log.info({ server }, 'the hub is ready, on a Kubernetes API of its own');
    const ended = running.ended.finally(() => teardown.run());
    ended.catch(() => {});
    const adminKubeconfig = api.kubeconfig ?? '';
    return { server, caPem, ...control, pagePorts, adminKubeconfig, client, ended, stop: teardown.run };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

function accessOf({ kubeconfig, context }: RealApiOptions): Promise<ClusterAccess> {
  if (kubeconfig === undefined) return inClusterAccess();
  return loadKubeconfig({ path: kubeconfig, ...(context ? { context } : {}) });
}

/** Open before anything is asked of the API, so that a start that takes long is not taken for one that hangs. */
async function serveHubHealth(api: RealApiOptions, health: HubHealth, teardown: Teardown): Promise<number[]> {
  const servers = await serveHealth(api, health);
  for (const server of servers) teardown.add('pages of health', () => server.close());
  return servers.map(({ port }) => port);
}

interface LeaderParts {
  client: KubeClient;
  access: ClusterAccess;
  health: HubHealth;
  ca?: CertificateAuthority;
}

/** What one replica does at a time. */
function newLeaderWork(
  { push, requiresApproval, monitorGrace }: HubOptions,
  deps: HubDeps,
  { client, access, health, ca }: LeaderParts,
): (signal: AbortSignal) => Promise<void> {
  const pushToMembers = newPushMode(client, push, deps);
  const signing = ca ? { signing: { ca: () => ca } } : {};
  return async (signal) => {
    const controllers = newHubControllers(
      { ...deps, client, newInformer, newController },
      { isEmbedded: false, signsClusterInfo: true, ...signing, requiresApproval, monitorGrace },
    );
    health.controllers = controllers;
    const check = tellMissing({ ...deps, client, access, ...(ca ? { signingCaPem: ca.certificatePem } : {}) }, signal);
    await Promise.all([controllers.run(signal), pushToMembers(signal), check]);
  };
}

function connect({ transport }: ClusterAccess, { clock }: HubDeps): KubeClient {
  const userAgent = `pullet-hub/${VERSION}`;
  return newKubeClient({ transport: newHttpTransport({ ...transport, userAgent, timers: clock }), userAgent, clock });
}

async function readCa({ certFile, keyFile }: { certFile: string; keyFile: string }): Promise<CertificateAuthority> {
  const certificatePem = await readNamedFile(certFile, '--cluster-signing-cert-file');
  const privateKey = readPrivateKey(await readNamedFile(keyFile, '--cluster-signing-key-file'));
  if (!certificateMatchesKey(certificatePem, privateKey)) {
    throw new Error(`the key ${keyFile} is not that of the certificate ${certFile}`);
  }
  return { certificatePem, privateKey };
}
