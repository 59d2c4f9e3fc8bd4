import type { ExecConfig } from './kubeconfig-file.ts';
import type { TransportOptions } from './transport-options.ts';

/** What a program is told in KUBERNETES_EXEC_INFO (client.authentication.k8s.io ExecCredential): of the cluster only where the kubeconfig asks for it. */
export function execInfo(
  exec: ExecConfig,
  {
    cluster,
    clusterConfig,
    isInteractive,
  }: { cluster: TransportOptions; clusterConfig?: unknown; isInteractive: boolean },
): string {
  const { server, caPem, insecureSkipTlsVerify, tlsServerName, proxyUrl } = cluster;
  const told = {
    server,
    ...(tlsServerName ? { 'tls-server-name': tlsServerName } : {}),
    ...(insecureSkipTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(caPem ? { 'certificate-authority-data': Buffer.from(caPem).toString('base64') } : {}),
    ...(proxyUrl ? { 'proxy-url': proxyUrl } : {}),
    ...(clusterConfig === undefined ? {} : { config: clusterConfig }),
  };
  return JSON.stringify({
    apiVersion: exec.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: isInteractive, ...(exec.provideClusterInfo ? { cluster: told } : {}) },
  });
}
