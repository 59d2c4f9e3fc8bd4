import { readFile } from 'node:fs/promises';
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
import { type ControllerSet, newHubControllers } from '../controllers/controllers.ts';
import { runInBackground } from './background.ts';
import { controlTls, newForwardedAccess, serveControlPlaneApi } from './control-plane-api.ts';
import type { Hub, HubDeps } from './hub.ts';
import { leadHub } from './lead-hub.ts';
import type { HubOptions, RealApiOptions } from './options.ts';
import { prepareRealApi } from './prepare-real-api.ts';
import { newPushMode } from './push-mode.ts';
import { newTeardown, type Teardown } from './teardown.ts';
import { tellMissing } from './tell-missing.ts';

/**
 * The hub's controllers on a real Kubernetes API. kube-controller-manager does namespaces, garbage collection and, unless a CA is given here, signing.
 * Of several replicas one leads, by a Lease in karmada-system.
 */
export async function startHubOnRealApi(options: HubOptions, api: RealApiOptions, deps: HubDeps): Promise<Hub> {
  const teardown = newTeardown(deps.log);
  const access = await accessOf(api);
  const ca = api.signing ? await readCa(api.signing) : undefined;
  const signing = ca ? { ca: () => ca } : undefined;
  const client = connect(access, deps);
  teardown.add('client', () => client.close());
  try {
    await prepareRealApi(client, access, deps);
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
      const check = tellMissing(
        { client, access, ...deps, ...(ca ? { signingCaPem: ca.certificatePem } : {}) },
        signal,
      );
      await Promise.all([newControllers().run(signal), push(signal), check]);
    };
    const work = api.leaderElect ? leadHub(client, deps, workAsLeader) : workAsLeader;
    const running = runInBackground(work);
    teardown.add('controllers', running.stop);
    const { server, caPem = '' } = access.transport;
    deps.log.info({ server }, 'the hub is ready, on a Kubernetes API of its own');
    const ended = running.ended.finally(() => teardown.run());
    ended.catch(() => {});
    return { server, caPem, ...control, adminKubeconfig: api.kubeconfig ?? '', client, ended, stop: teardown.run };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

function accessOf({ kubeconfig, context }: RealApiOptions): Promise<ClusterAccess> {
  if (kubeconfig === undefined) return inClusterAccess();
  return loadKubeconfig({ path: kubeconfig, ...(context ? { context } : {}) });
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
