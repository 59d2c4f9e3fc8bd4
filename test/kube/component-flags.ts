/** The command lines of the control plane's programs, and the files these name. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlanePki } from './certificates.ts';

/** The ports on 127.0.0.1. */
export interface ControlPlanePorts {
  readonly etcd: number;
  readonly apiserver: number;
  readonly controllerManager: number;
}

/** All that the flags depend on. */
export interface ControlPlaneLayout {
  /** The control plane's own folder. */
  readonly dir: string;
  readonly ports: ControlPlanePorts;
  /** kube-controller-manager's names for the controllers to run. */
  readonly controllers: readonly string[];
  /** Added after ours, so that a flag given here wins. */
  readonly apiserverFlags: readonly string[];
  readonly controllerManagerFlags: readonly string[];
  /** Whether etcd syncs what it writes. */
  readonly isDurable?: boolean;
}

/** Where the administrator's kubeconfig lies. */
export function kubeconfigPath(dir: string): string {
  return join(dir, 'admin.kubeconfig');
}

/** Writes certificates, keys and the kubeconfig into `dir`, readable by the owner only. */
export async function writePki(dir: string, pki: ControlPlanePki, kubeconfig: string): Promise<void> {
  await mkdir(join(dir, 'pki'), { recursive: true });
  const files = {
    'ca.crt': pki.ca.certPem,
    'ca.key': pki.ca.keyPem,
    'server.crt': pki.server.certPem,
    'server.key': pki.server.keyPem,
    'front-proxy-ca.crt': pki.frontProxyCa.certPem,
    'front-proxy-client.crt': pki.frontProxyClient.certPem,
    'front-proxy-client.key': pki.frontProxyClient.keyPem,
    'sa.key': pki.serviceAccount.privatePem,
    'sa.pub': pki.serviceAccount.publicPem,
  };
  const write = (path: string, text: string) => writeFile(path, text, { mode: 0o600 });
  await Promise.all(Object.entries(files).map(([name, text]) => write(pkiFile(dir, name), text)));
  await write(kubeconfigPath(dir), kubeconfig);
}

/** Unless it is to be durable, etcd goes without fsync: the data is thrown away with the test, and only a power cut would miss it. */
export function etcdFlags({ dir, ports, isDurable = false }: ControlPlaneLayout): readonly string[] {
  const clientUrl = `http://127.0.0.1:${ports.etcd}`;
  return [
    `--data-dir=${join(dir, 'etcd')}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    '--listen-peer-urls=http://127.0.0.1:0', // No peer ever calls.
    ...(isDurable ? [] : ['--unsafe-no-fsync']),
    '--log-level=warn',
  ];
}

/**
 * RBAC, bootstrap tokens, aggregation and service accounts as in a cluster made by kubeadm. The endpoints of the `kubernetes`
 * service are left alone: loopback is no valid endpoint.
 */
export function apiserverFlags(layout: ControlPlaneLayout): readonly string[] {
  const { dir, ports } = layout;
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--secure-port=${ports.apiserver}`,
    `--tls-cert-file=${pkiFile(dir, 'server.crt')}`,
    `--tls-private-key-file=${pkiFile(dir, 'server.key')}`,
    `--client-ca-file=${pkiFile(dir, 'ca.crt')}`,
    '--anonymous-auth=true',
    '--authorization-mode=RBAC',
    '--enable-bootstrap-token-auth=true',
    '--allow-privileged=true',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pkiFile(dir, 'sa.pub')}`,
    `--service-account-signing-key-file=${pkiFile(dir, 'sa.key')}`,
    ...frontProxyFlags(dir),
    ...admissionFlags(layout.controllers),
    ...layout.apiserverFlags,
  ];
}

function frontProxyFlags(dir: string): readonly string[] {
  return [
    `--requestheader-client-ca-file=${pkiFile(dir, 'front-proxy-ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pkiFile(dir, 'front-proxy-client.crt')}`,
    `--proxy-client-key-file=${pkiFile(dir, 'front-proxy-client.key')}`,
  ];
}

/** Admission that counts on a controller is switched off where that controller does not run: it would block what nobody unblocks. */
function admissionFlags(controllers: readonly string[]): readonly string[] {
  const unserved: string[] = [];
  if (!controllers.includes('serviceaccount')) unserved.push('ServiceAccount');
  if (!controllers.includes('pvc-protection')) unserved.push('StorageObjectInUseProtection');
  return unserved.length === 0 ? [] : [`--disable-admission-plugins=${unserved.join(',')}`];
}

/** The chosen controllers as administrator, with client limits that never make a test wait. */
export function controllerManagerFlags(layout: ControlPlaneLayout): readonly string[] {
  const { dir, ports } = layout;
  const kubeconfig = kubeconfigPath(dir);
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.controllerManager}`,
    `--cert-dir=${join(dir, 'kube-controller-manager')}`,
    `--controllers=${layout.controllers.join(',')}`,
    '--leader-elect=false',
    '--use-service-account-credentials=false',
    '--kube-api-qps=1000',
    '--kube-api-burst=2000',
    `--root-ca-file=${pkiFile(dir, 'ca.crt')}`,
    `--service-account-private-key-file=${pkiFile(dir, 'sa.key')}`,
    `--cluster-signing-cert-file=${pkiFile(dir, 'ca.crt')}`,
    `--cluster-signing-key-file=${pkiFile(dir, 'ca.key')}`,
    ...layout.controllerManagerFlags,
  ];
}

function pkiFile(dir: string, name: string): string {
  return join(dir, 'pki', name);
}
