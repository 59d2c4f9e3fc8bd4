import { RegisterError } from './register-options.ts';

/**
 * The CA in the kubeconfig of cluster-info. That text is YAML with a fixed shape (one cluster named "", the wire contract, section 1.3), written by
 * kubeadm, karmadactl or this hub; only its clusters are read, so a YAML library is not needed here.
 */
export interface ClusterInfo {
  caPem: string;
  /** Where the hub says that it is. Not used to reach it. */
  server: string;
}

export function parseClusterInfo(kubeconfig: string): ClusterInfo {
  const clusters = kubeconfig.trimStart().startsWith('{') ? clustersOfJson(kubeconfig) : clustersOfYaml(kubeconfig);
  const [cluster] = clusters;
  if (clusters.length !== 1 || !cluster) {
    throw new RegisterError(
      `expected the kubeconfig file in the cluster-info ConfigMap to have a single cluster, but it had ${clusters.length}`,
    );
  }
  const caPem = Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64').toString('utf8');
  return { caPem, server: cluster['server'] ?? '' };
}

type Fields = Partial<Record<string, string>>;

function clustersOfJson(text: string): Fields[] {
  const { clusters } = JSON.parse(text) as { clusters?: { cluster: Fields }[] };
  return (clusters ?? []).map(({ cluster }) => cluster);
}

/** The lines of the top-level list `clusters:`; each item starts with a dash at the list's own indentation. */
function clustersOfYaml(text: string): Fields[] {
  const clusters: Fields[] = [];
  let isInside = false;
  for (const line of text.split('\n')) {
    if (/^\S/.test(line) && !line.startsWith('-')) isInside = /^clusters:\s*$/.test(line);
    if (!isInside) continue;
    if (/^\s*-\s/.test(line)) clusters.push({});
    const field = /^[\s-]*(certificate-authority-data|server):\s*["']?([^"'\s]+)["']?\s*$/.exec(line);
    const current = clusters.at(-1);
    if (field?.[1] && field[2] && current) current[field[1]] = field[2];
  }
  return clusters;
}
