import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { isForbidden, isNotFound } from '../../shared/apis/meta/status-error.ts';
import { VERSION } from '../../shared/apis/version.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import { type ClusterAccess, loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { runAsLeader } from '../../shared/controller/leader-election.ts';
import { newInformer } from '../../shared/controller/list-watch-informer.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import { certificateMatchesKey } from '../../shared/pki/certificate-info.ts';
import { readPrivateKey } from '../../shared/pki/private-key.ts';
import type { CertificateAuthority } from '../../shared/pki/x509.ts';
import { type ControllerSet, newHubControllers } from '../controllers/controllers.ts';
import { ensureClusterInfo } from '../install/cluster-info.ts';
import { ensureSteps } from '../install/ensure-item.ts';
import { ADMISSION_STEPS, ensureHubObjects, HUB_LEASE_NAMESPACE, untilKindsAreServed } from '../install/hub-objects.ts';
import { runInBackground } from './background.ts';
import { controlTls, newForwardedAccess, serveControlPlaneApi } from './control-plane-api.ts';
import type { Hub, HubDeps } from './hub.ts';
import type { HubOptions, RealApiOptions } from './options.ts';
import { newPushMode } from './push-mode.ts';
import { newTeardown, type Teardown } from './teardown.ts';

/**
 * The hub's controllers on a real Kubernetes API. kube-controller-manager does namespaces, garbage collection and, unless a CA is given here, signing.
 * Of several replicas one leads, by a Lease in karmada-system.
 */
export async function startHubOnRealApi(options: HubOptions, api: RealApiOptions, deps: HubDeps): Promise<Hub> {
  const teardown = newTeardown(deps.log);
  const access = await loadKubeconfig({ path: api.kubeconfig, ...(api.context ? { context: api.context } : {}) });
  const ca = api.signing ? await readCa(api.signing) : undefined;
  const signing = ca ? { ca: () => ca } : undefined;
  const client = connect(access, deps);
  teardown.add('client', () => client.close());
  try {
    await refuseKarmada(client);
    await prepare(client, access, deps);
    const control = await serveControl(options, deps, { client, access, teardown });
    const push = newPushMode(client, options.push, deps);
    const newControllers = (): ControllerSet =>
      newHubControllers(
        { client, newInformer, newController, clock: deps.clock, log: deps.log },
        {
          isEmbedded: false,
          signsClusterInfo: true,
          ...(signing ? { signing } : {}),
          requiresApproval: options.requiresApproval,
          monitorGrace: options.monitorGrace,
        },
      );
    const workAsLeader = async (signal: AbortSignal): Promise<void> => {
      await Promise.all([newControllers().run(signal), push(signal)]);
    };
    const work = api.leaderElect ? lead(client, deps, workAsLeader) : workAsLeader;
    const running = runInBackground(work);
    teardown.add('controllers', running.stop);
    const { server, caPem = '' } = access.transport;
    deps.log.info({ server }, 'the hub is ready, on a Kubernetes API of its own');
    const ended = running.ended.finally(() => teardown.run());
    ended.catch(() => {});
    return { server, caPem, ...control, adminKubeconfig: api.kubeconfig, client, ended, stop: teardown.run };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

interface ControlParts {
  client: KubeClient;
  access: ClusterAccess;
  teardown: Teardown;
}

/** By every replica, whoever leads. */
async function serveControl(
  { control }: HubOptions,
  { clock, log }: HubDeps,
  { client, access, teardown }: ControlParts,
): Promise<{ control?: string }> {
  if (!control) return {};
  const { close, ...caller } = newForwardedAccess(access.transport, { clock });
  teardown.add('client of the control-plane API', close);
  const { server, caPem = '' } = access.transport;
  const checkHealth = async (): Promise<void> => void (await client.raw({ method: 'GET', path: '/readyz' }));
  const deps = { ...caller, endpoint: { server, caPem }, checkHealth, clock, log };
  const served = await serveControlPlaneApi({ options: control, tls: await controlTls(control), deps, teardown });
  return { control: served.url };
}

function connect({ transport }: ClusterAccess, { clock }: HubDeps): KubeClient {
  const userAgent = `pullet-hub/${VERSION}`;
  return newKubeClient({ transport: newHttpTransport({ ...transport, userAgent, timers: clock }), userAgent, clock });
}

/** On a Karmada control plane cluster.karmada.io comes from its own aggregated server and its own controllers do our work. */
async function refuseKarmada(client: KubeClient): Promise<void> {
  const path = '/apis/apiregistration.k8s.io/v1/apiservices/v1alpha1.cluster.karmada.io';
  const text = await client.raw({ method: 'GET', path }).catch((error: unknown) => {
    if (isNotFound(error) || isForbidden(error)) return '{}';
    throw error;
  });
  const { spec }: { spec?: { service?: object | null } } = JSON.parse(text);
  if (!spec?.service) return;
  throw new Error(
    'this is a Karmada control plane: its own controllers manage clusters there, so only `pullet agent`, `pullet register` and the like run on it',
  );
}

async function prepare(client: KubeClient, { transport }: ClusterAccess, { clock, log }: HubDeps): Promise<void> {
  try {
    await ensureHubObjects(client);
    await ensureAgentAdmission(client, log);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    throw new Error('the user of the kubeconfig may not prepare this cluster as a hub', { cause: error });
  }
  await untilKindsAreServed(client, () => sleep(clock, 500, new AbortController().signal));
  if (transport.caPem) await ensureClusterInfo(client, { server: transport.server, caPem: transport.caPem });
}

/** Only a server older than 1.30 doesn't know such policies: there agents are bounded by RBAC alone, which is worth a warning. */
async function ensureAgentAdmission(client: KubeClient, log: HubDeps['log']): Promise<void> {
  try {
    await ensureSteps(client, ADMISSION_STEPS);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    log.warn(
      {},
      'this API server has no ValidatingAdmissionPolicy (Kubernetes 1.30): an agent could create a Cluster of another name',
    );
  }
}

function lead(
  client: KubeClient,
  { clock, log }: HubDeps,
  work: (signal: AbortSignal) => Promise<void>,
): (signal: AbortSignal) => Promise<void> {
  const identity = `${hostname()}_${randomUUID()}`;
  const election = { client, namespace: HUB_LEASE_NAMESPACE, name: 'pullet-hub', identity, clock, log };
  return async (signal) => {
    const how = await runAsLeader(election, work, signal);
    if (how === 'lost') throw new Error('the leader lease was lost: another replica may lead now');
  };
}

async function readCa({ certFile, keyFile }: { certFile: string; keyFile: string }): Promise<CertificateAuthority> {
  const certificatePem = await readNamed(certFile, '--cluster-signing-cert-file');
  const privateKey = readPrivateKey(await readNamed(keyFile, '--cluster-signing-key-file'));
  if (!certificateMatchesKey(certificatePem, privateKey)) {
    throw new Error(`the key ${keyFile} is not that of the certificate ${certFile}`);
  }
  return { certificatePem, privateKey };
}

function readNamed(file: string, flag: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${flag}: cannot read ${file}`, { cause: error });
  });
}
