import { dump } from 'js-yaml';

/** What a kubeconfig with one context states. */
export interface KubeconfigText {
  server: string;
  /** Absent: the system's authorities. */
  caPem?: string;
  clusterName: string;
  userName: string;
  contextName: string;
  certPem?: string;
  keyPem?: string;
  token?: string;
  namespace?: string;
}

/** A kubeconfig with everything inside, as YAML; names that YAML 1.1 would read as something else than text are quoted. */
export function kubeconfigText(content: KubeconfigText): string {
  const { server, caPem, clusterName, userName, contextName, certPem, keyPem, token, namespace } = content;
  const config = {
    apiVersion: 'v1',
    clusters: [
      { cluster: { ...(caPem ? { 'certificate-authority-data': base64(caPem) } : {}), server }, name: clusterName },
    ],
    contexts: [
      { context: { cluster: clusterName, ...(namespace ? { namespace } : {}), user: userName }, name: contextName },
    ],
    'current-context': contextName,
    kind: 'Config',
    preferences: {},
    users: [
      {
        name: userName,
        user: {
          ...(certPem ? { 'client-certificate-data': base64(certPem) } : {}),
          ...(keyPem ? { 'client-key-data': base64(keyPem) } : {}),
          ...(token ? { token } : {}),
        },
      },
    ],
  };
  return dump(config, { lineWidth: -1, noRefs: true });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
