import { load } from 'js-yaml';

/** The kubeconfig format (clientcmd/api/v1 Config), as far as this product reads it. */
export interface Kubeconfig {
  currentContext: string;
  clusters: Map<string, KubeconfigCluster>;
  users: Map<string, KubeconfigUser>;
  contexts: Map<string, KubeconfigContext>;
}

/** `file` is where the entry stands: relative paths in it are relative to that file's folder, and errors name it. */
interface Entry {
  file: string;
}

export interface KubeconfigCluster extends Entry {
  server?: string;
  'certificate-authority'?: string;
  'certificate-authority-data'?: string;
  'insecure-skip-tls-verify'?: boolean;
  'tls-server-name'?: string;
  'proxy-url'?: string;
  extensions?: { name?: string; extension?: unknown }[] | null;
}

export interface KubeconfigUser extends Entry {
  'client-certificate'?: string;
  'client-certificate-data'?: string;
  'client-key'?: string;
  'client-key-data'?: string;
  token?: string;
  tokenFile?: string;
  username?: string;
  password?: string;
  exec?: ExecConfig;
  as?: string;
  'as-groups'?: string[] | null;
  'as-uid'?: string;
  'auth-provider'?: { name?: string };
}

export interface ExecConfig {
  apiVersion?: string;
  command?: string;
  args?: string[] | null;
  env?: { name: string; value: string }[] | null;
  installHint?: string;
  provideClusterInfo?: boolean;
  interactiveMode?: string;
}

export interface KubeconfigContext extends Entry {
  cluster?: string;
  user?: string;
  namespace?: string;
}

/** Says which file and which field is wrong. */
export class KubeconfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KubeconfigError';
  }
}

/** Reads the text of one kubeconfig; `file` is its name, for relative paths and messages. */
export function parseKubeconfig(text: string, file: string): Kubeconfig {
  const document = parseYaml(text, file);
  if (document === undefined || document === null) return emptyKubeconfig();
  if (!isRecord(document)) throw new KubeconfigError(`${file}: not a kubeconfig`);
  const { kind } = document;
  if (kind !== undefined && kind !== 'Config')
    throw new KubeconfigError(`${file}: kind is "${String(kind)}", not "Config"`);
  return {
    currentContext: textOf(document['current-context']),
    clusters: entries<KubeconfigCluster>(document, 'clusters', 'cluster', file),
    users: entries<KubeconfigUser>(document, 'users', 'user', file),
    contexts: entries<KubeconfigContext>(document, 'contexts', 'context', file),
  };
}

function emptyKubeconfig(): Kubeconfig {
  return { currentContext: '', clusters: new Map(), users: new Map(), contexts: new Map() };
}

/** Several files count as one: the first that says something is right (clientcmd's rule for KUBECONFIG). */
export function mergeKubeconfigs(files: Kubeconfig[]): Kubeconfig {
  const merged = emptyKubeconfig();
  for (const file of files) {
    merged.currentContext ||= file.currentContext;
    addMissing(merged.clusters, file.clusters);
    addMissing(merged.users, file.users);
    addMissing(merged.contexts, file.contexts);
  }
  return merged;
}

function addMissing<T>(into: Map<string, T>, from: Map<string, T>): void {
  for (const [name, value] of from) if (!into.has(name)) into.set(name, value);
}

function parseYaml(text: string, file: string): unknown {
  try {
    return text.trim() === '' ? undefined : load(text);
  } catch (error) {
    throw new KubeconfigError(`${file}: not valid YAML: ${firstLine(error)}`);
  }
}

/** The parser's message goes on with an excerpt of the file, which may hold a key: neither it nor the error itself is passed on. */
function firstLine(error: unknown): string {
  const { reason, message, mark } = error as { reason?: string; message?: string; mark?: { line?: number } };
  const what = reason ?? (message ?? String(error)).split('\n')[0] ?? '';
  return mark?.line === undefined ? what : `${what} in line ${mark.line + 1}`;
}

function entries<T extends Entry>(
  document: Record<string, unknown>,
  list: string,
  field: string,
  file: string,
): Map<string, T> {
  const found = new Map<string, T>();
  const items = document[list] ?? [];
  if (!Array.isArray(items)) throw new KubeconfigError(`${file}: ${list} is not a list`);
  for (const [index, item] of items.entries()) {
    if (!isRecord(item)) throw new KubeconfigError(`${file}: ${list}[${index}] is not an object`);
    const value = item[field] ?? {};
    if (!isRecord(value)) throw new KubeconfigError(`${file}: ${list}[${index}].${field} is not an object`);
    const name = textOf(item['name']);
    if (!found.has(name)) found.set(name, { ...value, file } as unknown as T);
  }
  return found;
}

/** A name like 1234 or on is a number or a boolean to YAML. */
function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
