import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type ExecContext, newExecCredentials } from './exec-credentials.ts';
import { type ExecPolicy, userExecPolicy } from './exec-policy.ts';
import { fileReason } from './file-reason.ts';
import { dataOrFile, relativeTo } from './kubeconfig-data.ts';
import {
  type Kubeconfig,
  type KubeconfigCluster,
  type KubeconfigContext,
  KubeconfigError,
  type KubeconfigUser,
  mergeKubeconfigs,
  parseKubeconfig,
} from './kubeconfig-file.ts';
import { parseProxyUrl } from './proxy.ts';
import { parseServer } from './server-address.ts';
import type { Impersonation, TransportOptions } from './transport-options.ts';

/** One context of a kubeconfig, read: enough to make a transport, and the names that commands print. */
export interface ClusterAccess {
  contextName: string;
  clusterName: string;
  userName: string;
  /** The context's namespace; `default` if it has none. */
  namespace: string;
  transport: TransportOptions;
}

export interface KubeconfigSource {
  /** The file of a --kubeconfig flag; wins over the environment. */
  path?: string;
  /** Instead of the current context. */
  context?: string;
  /** Where KUBECONFIG and HOME are; the process's own if absent. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Which programs it may run; those that it names, as with kubectl, if absent. */
  exec?: ExecPolicy;
}

/**
 * The access that kubectl would choose: the given file, else the files of KUBECONFIG, else ~/.kube/config. Throws KubeconfigError naming the file and
 * the field.
 */
export async function loadKubeconfig(source: KubeconfigSource = {}): Promise<ClusterAccess> {
  const { kubeconfig, looked } = await readKubeconfig(source);
  return accessOf(kubeconfig, { context: source.context, looked, exec: source.exec });
}

/** The same from a text that is no file, e.g. one out of a Secret. */
export async function accessFromText(text: string, name: string, context?: string): Promise<ClusterAccess> {
  return accessOf(parseKubeconfig(text, name), { context, looked: name });
}

/** All that the files say, merged; `looked` names them. */
export async function readKubeconfig(source: KubeconfigSource): Promise<{ kubeconfig: Kubeconfig; looked: string }> {
  const { files, mustExist } = filesOf(source);
  const read = await Promise.all(files.map((file) => readOne(file, mustExist)));
  return { kubeconfig: mergeKubeconfigs(read.filter((each) => each !== undefined)), looked: files.join(', ') };
}

function filesOf({ path, env = process.env }: KubeconfigSource): { files: string[]; mustExist: boolean } {
  if (path) return { files: [path], mustExist: true };
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  if (listed.length > 0) return { files: listed, mustExist: false };
  return { files: [join(env['HOME'] ?? homedir(), '.kube', 'config')], mustExist: false };
}

/** The one file that is read for want of a flag; undefined where KUBECONFIG names several. */
export function defaultKubeconfigFile(env: KubeconfigSource['env']): string | undefined {
  const { files } = filesOf({ ...(env ? { env } : {}) });
  return files.length === 1 ? files[0] : undefined;
}

async function readOne(file: string, mustExist: boolean): Promise<Kubeconfig | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && !mustExist) return undefined;
    throw new KubeconfigError(`cannot read the kubeconfig ${file}: ${fileReason(error)}`);
  });
  if (text === undefined) return undefined;
  const kubeconfig = parseKubeconfig(text, file);
  if (mustExist && kubeconfig.contexts.size === 0) {
    throw new KubeconfigError(`${file}: there is no context in it: it is empty, or no kubeconfig`);
  }
  return kubeconfig;
}

/** One context of what was read; `looked` is for messages. */
export async function accessOf(
  kubeconfig: Kubeconfig,
  {
    context: wanted,
    looked,
    exec = userExecPolicy,
  }: { context?: string | undefined; looked: string; exec?: ExecPolicy | undefined },
): Promise<ClusterAccess> {
  const contextName = wanted || kubeconfig.currentContext;
  const context = contextOf(kubeconfig, contextName, looked);
  const where = `${context.file}: context "${contextName}"`;
  const cluster = kubeconfig.clusters.get(context.cluster ?? '');
  if (!cluster) throw new KubeconfigError(`${where}: there is no cluster "${context.cluster ?? ''}"`);
  const user = context.user ? kubeconfig.users.get(context.user) : undefined;
  if (context.user && !user) throw new KubeconfigError(`${where}: there is no user "${context.user}"`);
  const clusterPart = await clusterOptions(cluster, context.cluster ?? '');
  const execContext = { cluster: clusterPart, ...clusterConfigOf(cluster), policy: exec };
  const userPart = user ? await userOptions(user, context.user ?? '', execContext) : {};
  return {
    contextName,
    clusterName: context.cluster ?? '',
    userName: context.user ?? '',
    namespace: context.namespace || 'default',
    transport: { ...clusterPart, ...userPart },
  };
}

function contextOf(kubeconfig: Kubeconfig, name: string, looked: string): KubeconfigContext {
  const context = kubeconfig.contexts.get(name);
  if (context) return context;
  const names = [...kubeconfig.contexts.keys()];
  if (names.length === 0) {
    throw new KubeconfigError(
      `no cluster is configured: ${looked} is missing or has no contexts; give --kubeconfig or set KUBECONFIG`,
    );
  }
  const what = name ? `there is no context "${name}"` : 'no current-context is set';
  throw new KubeconfigError(`${looked}: ${what}; there are: ${names.join(', ')}`);
}

async function clusterOptions(cluster: KubeconfigCluster, name: string): Promise<TransportOptions> {
  const where = `${cluster.file}: cluster "${name}"`;
  const server = serverOf(cluster, where);
  const proxyUrl = cluster['proxy-url'];
  if (proxyUrl) requireProxy(proxyUrl, where);
  const caPem = await dataOrFile(cluster, 'certificate-authority', where);
  if (caPem && cluster['insecure-skip-tls-verify']) {
    throw new KubeconfigError(
      `${where}: insecure-skip-tls-verify and a certificate-authority contradict each other: take one of them out`,
    );
  }
  return {
    server,
    ...(caPem ? { caPem, ...caFileOf(cluster) } : {}),
    ...(cluster['insecure-skip-tls-verify'] ? { insecureSkipTlsVerify: true } : {}),
    ...(cluster['tls-server-name'] ? { tlsServerName: cluster['tls-server-name'] } : {}),
    ...(proxyUrl ? { proxyUrl } : {}),
  };
}

function caFileOf(cluster: KubeconfigCluster): Pick<TransportOptions, 'caFile'> {
  const { 'certificate-authority': path, 'certificate-authority-data': data } = cluster;
  return path && !data ? { caFile: relativeTo(cluster.file, path) } : {};
}

function serverOf({ server }: KubeconfigCluster, where: string): string {
  if (!server) throw new KubeconfigError(`${where}: server is missing`);
  try {
    parseServer(String(server));
    return String(server);
  } catch (error) {
    throw new KubeconfigError(`${where}: server ${(error as Error).message}`);
  }
}

function requireProxy(url: string, where: string): void {
  try {
    parseProxyUrl(url, 'proxy-url');
  } catch (error) {
    throw new KubeconfigError(`${where}: ${(error as Error).message}`);
  }
}

async function userOptions(
  user: KubeconfigUser,
  name: string,
  execContext: Omit<ExecContext, 'where' | 'folder'>,
): Promise<Partial<TransportOptions>> {
  const where = `${user.file}: user "${name}"`;
  if (user['auth-provider']) {
    throw new KubeconfigError(`${where}: auth-provider is not supported (nor by kubectl since 1.26); use exec`);
  }
  const certPem = await dataOrFile(user, 'client-certificate', where);
  const keyPem = await dataOrFile(user, 'client-key', where);
  if (certPem && !keyPem) throw new KubeconfigError(`${where}: client-certificate has no client-key`);
  return {
    ...(certPem && keyPem ? { certPem, keyPem } : {}),
    ...(user.token ? { token: user.token } : {}),
    ...(user.tokenFile ? { tokenFile: relativeTo(user.file, user.tokenFile) } : {}),
    ...(user.as ? { impersonate: impersonationOf(user, user.as) } : {}),
    ...(user.username ? { basicAuth: { username: user.username, password: user.password ?? '' } } : {}),
    ...(user.exec
      ? { credentials: newExecCredentials(user.exec, { where, folder: dirname(user.file), ...execContext }) }
      : {}),
  };
}

/** By its reserved name. Source: client.authentication.k8s.io, Cluster.config. */
function clusterConfigOf({ extensions }: KubeconfigCluster): Pick<ExecContext, 'clusterConfig'> {
  const found = extensions?.find(({ name }) => name === 'client.authentication.k8s.io/exec');
  return found?.extension === undefined ? {} : { clusterConfig: found.extension };
}

function impersonationOf(entry: KubeconfigUser, user: string): Impersonation {
  const { 'as-groups': groups, 'as-uid': uid } = entry;
  return { user, ...(groups ? { groups } : {}), ...(uid ? { uid } : {}) };
}
