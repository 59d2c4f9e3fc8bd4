import path from 'node:path';
import { newInformers } from '../../services/controllers/informers.ts';
import { newSimulationControllers } from '../../services/controllers/simulation/controllers.ts';
import { createSimulatedNodes } from '../../services/controllers/simulation/simulated-nodes.ts';
import { runInBackground } from '../../services/hub/background.ts';
import { loadAuthorities } from '../../services/hub/ca/ca-files.ts';
import { startSimulatedMember } from '../../services/hub/simulated-member.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newInformer } from '../../shared/controller/list-watch-informer.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import { newKey, privateKeyPem, publicKeyDer } from '../../shared/pki/private-key.ts';
import { type CertificateAuthority, issueCertificate } from '../../shared/pki/x509.ts';
import { startKubeControlPlane } from '../kube/control-plane.ts';
import { clientOf } from './access.ts';
import type { World } from './world.ts';

/**
 * A member cluster in which workloads become ready, though nothing runs: the embedded API or, where PULLET_TEST_MEMBER is `kube`, a real kube-apiserver;
 * nodes, pods and deployments are simulated on both.
 */
export interface TestMember {
  readonly name: string;
  readonly server: string;
  /** The administrator's: a file. */
  readonly kubeconfig: string;
  /** The administrator, over a real connection. */
  readonly client: KubeClient;
  /** A client certificate of somebody who may do everything, good until then. */
  issueCertificate(notAfter: Date): Promise<{ certPem: string; keyPem: string }>;
}

/** Whether members are real kube-apiservers. */
export const memberIsKube = process.env['PULLET_TEST_MEMBER'] === 'kube';

export async function startTestMember(world: World, name: string): Promise<TestMember> {
  return memberIsKube ? startKubeMember(world, name) : startEmbeddedMember(world, name);
}

async function startEmbeddedMember(world: World, name: string): Promise<TestMember> {
  const member = await startSimulatedMember({
    name,
    directory: path.join(world.dir, name),
    store: 'memory',
    clock: systemClock,
    log: world.log.child({ part: name }),
  });
  world.onStop(`member ${name}`, () => member.stop());
  const { server, kubeconfig } = member;
  const issueCertificate = async (notAfter: Date) => {
    const { signing } = await loadAuthorities(path.join(world.dir, name, 'pki'), Date.now());
    return issueFor(signing, notAfter);
  };
  return { name, server, kubeconfig, client: await clientOf(world, kubeconfig), issueCertificate };
}

const SOMEBODY = { commonName: 'somebody', organizations: ['system:masters'] };

async function issueFor(authority: CertificateAuthority, notAfter: Date): Promise<{ certPem: string; keyPem: string }> {
  const key = await newKey();
  const certPem = await issueCertificate(authority, {
    subject: SOMEBODY,
    publicKey: publicKeyDer(key),
    usages: ['digital signature', 'client auth'],
    notBefore: Date.now() - 3600_000,
    notAfter: notAfter.getTime(),
  });
  return { certPem, keyPem: privateKeyPem(key) };
}

async function startKubeMember(world: World, name: string): Promise<TestMember> {
  const controlPlane = await startKubeControlPlane({ name });
  world.onStop(`kube-apiserver of ${name}`, () => controlPlane.stop());
  const { server, kubeconfigPath: kubeconfig } = controlPlane;
  const client = await clientOf(world, kubeconfig);
  await createSimulatedNodes(client, systemClock, { count: 2, kubeletVersion: 'v1.36.0' });
  simulateWorkloads(world, client);
  const issueCertificate = (notAfter: Date) => controlPlane.issueClientCertificate({ ...SOMEBODY, notAfter });
  return { name, server, kubeconfig, client, issueCertificate };
}

/** The control plane runs no workload controllers; ours do their part. */
function simulateWorkloads(world: World, client: KubeClient): void {
  const deps = { client, newInformer, newController, clock: systemClock, log: world.log };
  const informers = newInformers(deps);
  const controllers = newSimulationControllers({
    client,
    newController,
    clock: systemClock,
    log: world.log,
    informers,
  });
  const running = runInBackground(async (signal) => {
    await Promise.all([informers.run(signal), ...controllers.map((controller) => controller.run(signal))]);
  });
  world.onStop('simulated workloads', running.stop);
}
