import { readFile } from 'node:fs/promises';
import { dump } from 'js-yaml';
import type { ExecPolicy } from './exec-policy.ts';
import { fileReason } from './file-reason.ts';
import { accessOf, type ClusterAccess, readKubeconfig } from './kubeconfig.ts';
import { relativeTo } from './kubeconfig-data.ts';
import { type Kubeconfig, KubeconfigError, parseKubeconfig } from './kubeconfig-file.ts';

/** Kubeconfigs that are kept in a Secret and used by another process than that of who wrote them: one context, and no file of this machine. */

const CLUSTER_FILES = ['certificate-authority'] as const;
const USER_FILES = ['client-certificate', 'client-key', 'tokenFile'] as const;

/**
 * Reads one. A field that names a file is refused: it would be a file of the reader's machine, which is not the writer's to send anywhere. Throws KubeconfigError,
 * which repeats nothing that could be secret.
 */
export async function accessFromStored(text: string, name: string, exec: ExecPolicy): Promise<ClusterAccess> {
  const kubeconfig = parseKubeconfig(text, name);
  const [cluster, user] = entriesOf(kubeconfig);
  for (const [entry, fields] of [
    [cluster, CLUSTER_FILES],
    [user, USER_FILES],
  ] as const) {
    const field = fields.find((key) => (entry as Record<string, unknown> | undefined)?.[key]);
    if (field)
      throw new KubeconfigError(`${name}: ${field} names a file: only what is in the kubeconfig itself counts`);
  }
  return accessOf(kubeconfig, { looked: name, exec });
}

/**
 * The context of a user's kubeconfig, with every file that it names put into it, as YAML fit for `accessFromStored`. Throws KubeconfigError as `loadKubeconfig` does, or
 * if it holds what only this machine can follow.
 */
export async function flattenKubeconfig(source: { path?: string; context?: string }): Promise<string> {
  const { kubeconfig, looked } = await readKubeconfig(source);
  const { contextName, clusterName, userName } = await accessOf(kubeconfig, { context: source.context, looked });
  const [cluster, user, context] = entriesOf(kubeconfig, contextName);
  const exec = user?.['exec'] as { command?: string } | undefined;
  if (exec?.command?.includes('/') && !exec.command.startsWith('/')) {
    throw new KubeconfigError(
      `${user?.file}: user "${userName}": exec.command ${exec.command} is relative to the kubeconfig, which the hub can't follow: name it or give its whole path`,
    );
  }
  const flat = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contextName,
    clusters: [{ name: clusterName, cluster: await inlined(cluster, CLUSTER_FILES) }],
    users: [{ name: userName, user: await inlined(user, USER_FILES) }],
    contexts: [{ name: contextName, context: { cluster: clusterName, user: userName, ...namespaceOf(context) } }],
  };
  return dump(flat, { lineWidth: -1, noRefs: true });
}

type Entry = { file: string } & Record<string, unknown>;

function entriesOf(
  { contexts, clusters, users, currentContext }: Kubeconfig,
  name = currentContext,
): [cluster: Entry | undefined, user: Entry | undefined, context: Entry | undefined] {
  const context = contexts.get(name);
  const find = (entry: unknown): Entry | undefined => entry as Entry | undefined;
  return [find(clusters.get(context?.cluster ?? '')), find(users.get(context?.user ?? '')), find(context)];
}

function namespaceOf(context: Entry | undefined): { namespace?: unknown } {
  return context?.['namespace'] ? { namespace: context['namespace'] } : {};
}

async function inlined(entry: Entry | undefined, fields: readonly string[]): Promise<Record<string, unknown>> {
  const { file = '', ...rest } = entry ?? { file: '' };
  const flat: Record<string, unknown> = { ...rest };
  for (const field of fields) {
    const path = flat[field];
    delete flat[field];
    const target = field === 'tokenFile' ? 'token' : `${field}-data`;
    if (typeof path !== 'string' || path === '' || (field !== 'tokenFile' && flat[target])) continue;
    const content = await readFile(relativeTo(file, path)).catch((error: unknown) => {
      throw new KubeconfigError(`${file}: cannot read ${field} ${relativeTo(file, path)}: ${fileReason(error)}`);
    });
    flat[target] = field === 'tokenFile' ? content.toString('utf8').trim() : content.toString('base64');
  }
  return flat;
}
