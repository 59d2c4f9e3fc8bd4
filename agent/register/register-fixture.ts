import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { daemonSets, deployments } from '../../shared/apis/apps/v1.ts';
import { type CertificateSigningRequest, certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import { configMaps, namespaces } from '../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Transport } from '../../shared/client/transport.ts';
import type { TransportOptions } from '../../shared/client/transport-options.ts';
import { type FakeClock, newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { runInFakeTime } from '../../shared/controller/run-in-fake-time.ts';
import { caPins } from '../../shared/pki/ca-pin.ts';
import { signClusterInfo } from '../../shared/pki/cluster-info-signature.ts';
import { type CertificateAuthority, issueCertificate, newCa, parseCertificateRequest } from '../../shared/pki/x509.ts';
import { register } from './register.ts';
import type { RegisterDeps, RegisterOptions } from './register-options.ts';

/** For tests: a hub and a member in memory, and `register` between them, in a time that goes on as fast as it is waited for. */
export interface RegisterWorld {
  hub: FakeKube;
  member: FakeKube;
  clock: FakeClock;
  /** What was printed. */
  lines: string[];
  /** What was asked for and printed apart from the progress. */
  texts: string[];
  /** Each connection that was opened to the hub. */
  connections: TransportOptions[];
  /** Somebody approves and signs what the hub is asked for. */
  isApproving: boolean;
  /** Of the member, that a DaemonSet's selector selects. */
  nodes: number;
  /** For files; gone after `close`. */
  folder: string;
  /** What the hub's answers say that the time is. */
  hubTime?: string;
  /** Signatures being made, on threads of their own: time stands still meanwhile. */
  signing: Promise<unknown>;
  close(): void;
}

const now = Date.UTC(2026, 0, 1);
export const token = { id: 'abcdef', secret: '0123456789abcdef' };
export const ca = await newCa({ commonName: 'hub', days: 10, now });
export const KUBE_SYSTEM: KubeObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'kube-system', uid: 'member-uid' },
};

export function newRegisterWorld(): RegisterWorld {
  const folder = mkdtempSync(join(tmpdir(), 'register-'));
  const world: RegisterWorld = {
    hub: newFakeKube(),
    member: newFakeKube(),
    clock: newFakeClock(now),
    lines: [],
    texts: [],
    isApproving: true,
    nodes: 1,
    connections: [],
    folder,
    signing: Promise.resolve(),
    close: () => rmSync(folder, { recursive: true }),
  };
  world.member.put(namespaces, KUBE_SYSTEM);
  putClusterInfo(world.hub, ca);
  signEveryRequest(world, world.hub, ca);
  rollOutEveryDeployment(world, world.member);
  rollOutEveryDaemonSet(world, world.member);
  return world;
}

export function kubeconfigOf({ certificatePem }: CertificateAuthority): string {
  const data = Buffer.from(certificatePem).toString('base64');
  return `apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: ${data}\n    server: https://elsewhere:6443\n  name: ""\ncontexts: null\ncurrent-context: ""\nkind: Config\nusers: null\n`;
}

/** cluster-info with that authority, signed with that token. */
export function putClusterInfo(hub: FakeKube, authority: CertificateAuthority, signer = token): void {
  const kubeconfig = kubeconfigOf(authority);
  const data = { kubeconfig, [`jws-kubeconfig-${signer.id}`]: signClusterInfo(kubeconfig, signer) };
  hub.put(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cluster-info', namespace: 'kube-public' },
    data,
  } as KubeObject);
}

export const requestsOf = (kube: FakeKube) =>
  kube.list('certificatesigningrequests.certificates.k8s.io') as unknown as CertificateSigningRequest[];

/** An approver and signer that never refuses, while there is one. */
export function signEveryRequest(world: RegisterWorld, kube: FakeKube, authority: CertificateAuthority): void {
  const informer = kube.newInformer({
    client: kube.client,
    type: certificateSigningRequests,
    clock: world.clock,
    log: undefined as never,
  });
  informer.addHandler(({ object }) => {
    if (object.status || !world.isApproving) return;
    world.signing = Promise.all([world.signing, sign(kube, authority, object)]);
  });
}

async function sign(kube: FakeKube, authority: CertificateAuthority, csr: CertificateSigningRequest): Promise<void> {
  const request = await parseCertificateRequest(Buffer.from(csr.spec.request, 'base64').toString());
  const { subject, publicKey } = request;
  const pem = await issueCertificate(authority, {
    subject,
    publicKey,
    usages: ['client auth'],
    notBefore: now,
    notAfter: now + 3600_000,
  });
  const certificate = Buffer.from(pem).toString('base64');
  kube.put(certificateSigningRequests, { ...csr, status: { certificate } } as KubeObject);
}

/** A Deployment controller for which everything is ready at once. */
export function rollOutEveryDeployment(world: RegisterWorld, kube: FakeKube): void {
  const informer = kube.newInformer({
    client: kube.client,
    type: deployments,
    clock: world.clock,
    log: undefined as never,
  });
  informer.addHandler(({ object }) => {
    if (object.status) return;
    const status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
    queueMicrotask(() => kube.put(deployments, { ...object, status } as KubeObject));
  });
}

/** A DaemonSet controller of the same kind. */
function rollOutEveryDaemonSet(world: RegisterWorld, kube: FakeKube): void {
  const type = daemonSets;
  kube.newInformer({ client: kube.client, type, clock: world.clock, log: undefined as never }).addHandler((change) => {
    const { object } = change;
    if (object.status || change.deleted) return;
    const { nodes } = world;
    const counts = { desiredNumberScheduled: nodes, updatedNumberScheduled: nodes, numberAvailable: nodes };
    queueMicrotask(() => kube.put(type, { ...object, status: { observedGeneration: 1, ...counts } } as KubeObject));
  });
}

export const registerOptions = (change: Partial<RegisterOptions> = {}): RegisterOptions => ({
  hubEndpoint: 'hub.example:6443',
  token: `${token.id}.${token.secret}`,
  caCertHashes: caPins(ca.certificatePem),
  timeoutMs: 60_000,
  clusterName: 'm1',
  namespace: 'karmada-system',
  clusterNamespace: 'karmada-cluster',
  certExpirationSeconds: 86_400,
  agentImage: 'agent:1',
  agentReplicas: 1,
  ...change,
});

/** For what asks the hub without a client: it says what time it is. */
function newHubTransport(world: RegisterWorld): Transport {
  const headers: Record<string, string> = world.hubTime === undefined ? {} : { date: world.hubTime };
  const body = async function* (): AsyncGenerator<Uint8Array> {};
  return { request: async () => ({ status: 200, headers, body: body() }), close: async () => {} };
}

const newDeps = (world: RegisterWorld): RegisterDeps => ({
  member: world.member.client,
  memberServer: 'https://member:6443',
  memberKubeconfig: '/home/me/my member.kubeconfig',
  newTransport: (to) => {
    world.connections.push(to);
    return newHubTransport(world);
  },
  newClient: (): KubeClient => world.hub.client,
  print: (line) => world.lines.push(line),
  out: (text) => world.texts.push(text),
  clock: world.clock,
});

/** Time goes on as fast as the command waits for it. */
export function runRegister(
  world: RegisterWorld,
  given = registerOptions(),
  change: Partial<RegisterDeps> = {},
): Promise<unknown> {
  const running = register(given, { ...newDeps(world), ...change }, new AbortController().signal);
  return runInFakeTime(world.clock, running, 200, () => world.signing);
}

/** The public keys that the hub was asked to certify, in hex. */
export async function keysOf(kube: FakeKube): Promise<string[]> {
  const all = requestsOf(kube).map(({ spec }) =>
    parseCertificateRequest(Buffer.from(spec.request, 'base64').toString()),
  );
  return [...new Set((await Promise.all(all)).map(({ publicKey }) => Buffer.from(publicKey).toString('hex')))];
}
