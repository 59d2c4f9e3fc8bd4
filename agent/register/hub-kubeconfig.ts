/**
 * The agent's kubeconfig for the hub, in the shape of the wire contract, section 2.6. JSON, which is YAML too: every kubeconfig reader takes it,
 * and no name needs quoting.
 */

export interface HubKubeconfig {
  /** `https://host:port` */
  server: string;
  /** On the way to it; may hold a password. */
  proxyUrl?: string;
  caPem: string;
  clusterName: string;
  certPem: string;
  /** A secret. */
  keyPem: string;
}

const HUB = 'karmada-apiserver';

export function renderHubKubeconfig(content: HubKubeconfig): string {
  const { server, clusterName } = content;
  const context = `${clusterName}@${HUB}`;
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const proxy = content.proxyUrl ? { 'proxy-url': content.proxyUrl } : {};
  const cluster = { server, 'certificate-authority-data': base64(content.caPem), ...proxy };
  const user = { 'client-certificate-data': base64(content.certPem), 'client-key-data': base64(content.keyPem) };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: HUB, cluster }],
    users: [{ name: clusterName, user }],
    contexts: [{ name: context, context: { cluster: HUB, user: clusterName } }],
    'current-context': context,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Reads back what `renderHubKubeconfig` wrote; undefined for anything else. */
export function parseHubKubeconfig(text: string): HubKubeconfig | undefined {
  try {
    const { clusters, users } = JSON.parse(text) as {
      clusters: { cluster: Record<string, string> }[];
      users: { name: string; user: Record<string, string> }[];
    };
    const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
    const decode = (value: string | undefined): string => Buffer.from(value ?? '', 'base64').toString('utf8');
    if (!cluster?.['server'] || !user || !users[0]) return undefined;
    return {
      server: cluster['server'],
      ...(cluster['proxy-url'] ? { proxyUrl: cluster['proxy-url'] } : {}),
      caPem: decode(cluster['certificate-authority-data']),
      clusterName: users[0].name,
      certPem: decode(user['client-certificate-data']),
      keyPem: decode(user['client-key-data']),
    };
  } catch {
    return undefined;
  }
}
