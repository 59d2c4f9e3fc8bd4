import { Command } from 'commander';
import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { isObjectNotFound, isStatusError, StatusError } from '../../shared/apis/meta/status-error.ts';
import type { KubeList, KubeObject } from '../../shared/apis/meta/v1.ts';
import { objectJson } from '../../shared/apis/object-json.ts';
import { groupResource, type ResourceType } from '../../shared/apis/resource-type.ts';
import { ORPHANS_LABEL, type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, choiceFlag, hubFlags } from '../flags.ts';
import { DECIDE_HINT, leftOutOf, listOrphansWorks, noteOrphans, orphansOf, printOrphans } from '../orphans.ts';
import { printServerTable, type ServerTable } from '../printers/server-table.ts';
import { printWorks } from '../printers/works-table.ts';
import { toYaml } from '../printers/yaml.ts';
import { UsageError } from '../usage-error.ts';
import { clusterOf, isOfPullet, silentClusters } from '../work-report.ts';

/** `pullet get clusters|works`: clusters as kubectl prints them, works with what became of them. */

const OUTPUTS = ['wide', 'json', 'yaml', 'name'] as const;

const KINDS: { type: ResourceType; names: string[] }[] = [
  { type: clusters, names: ['cluster', 'clusters', 'clusters.cluster.karmada.io'] },
  { type: works, names: ['work', 'works', 'wk', 'works.work.karmada.io'] },
];

export interface GetOptions {
  hub: HubFlags;
  type: ResourceType;
  names: string[];
  namespace?: string;
  allNamespaces: boolean;
  selector?: string;
  output?: (typeof OUTPUTS)[number];
  noHeaders: boolean;
  /** Instead of works: the objects that agents may not delete without a person's word. */
  orphans?: boolean;
}

export function newGetCommand(factory: Factory): Command {
  const command = new Command('get')
    .description('List clusters or works, or show the named ones')
    .argument('<kind>', 'clusters or works')
    .argument('[names...]', 'only these')
    .option('-n, --namespace <namespace>', 'where works are (default: default)')
    .option('-A, --all-namespaces', 'works of all clusters', false)
    .option('-l, --selector <labels>', 'only those with these labels, e.g. -l region=eu')
    .option('-o, --output <format>', `one of ${OUTPUTS.join(', ')}`, choiceFlag('--output', OUTPUTS))
    .option('--no-headers', 'leave out the header line')
    .option('--orphans', "objects in the clusters that belong to no work and wait for a person's word", false)
    .addHelpText(
      'after',
      `
Examples:
  pullet get clusters
  pullet get clusters member1 -o yaml
  pullet get works -n karmada-es-member1
  pullet get works -A -o wide
  pullet get works --orphans`,
    );
  addHubFlags(command);
  command.action(async (kind: string, names: string[], flags) => {
    const type = KINDS.find((entry) => entry.names.includes(kind.toLowerCase()))?.type;
    if (!type)
      throw new UsageError(`unknown kind "${kind}": pullet get knows clusters and works; use kubectl for others`);
    await runGet(
      {
        hub: hubFlags(flags),
        type,
        names,
        namespace: flags.namespace,
        allNamespaces: flags.allNamespaces,
        selector: flags.selector,
        output: flags.output,
        noHeaders: !flags.headers,
        orphans: flags.orphans,
      },
      factory,
    );
  });
  return command;
}

export async function runGet(options: GetOptions, factory: Factory): Promise<void> {
  if (options.names.includes('')) throw new UsageError('a name may not be empty; leave it out to see all');
  if (options.names.length > 0 && options.selector) {
    throw new UsageError('give names or a selector, not both');
  }
  if (options.names.length > 0 && options.allNamespaces) {
    throw new UsageError('a resource cannot be retrieved by name across all namespaces');
  }
  const client = await factory.hubClient(options.hub);
  if (options.orphans) return showOrphans(options, client, factory);
  try {
    await showFor(options)(options, client, factory);
  } catch (error) {
    throw withHint(error, options);
  }
}

function showFor({ type, output }: GetOptions): typeof printTable {
  if (output === 'json' || output === 'yaml') return printObjects;
  return type.kind === works.kind && output !== 'name' ? showWorks : printTable;
}

/** Who names a work and not its cluster has looked where none are. */
function withHint(error: unknown, { type, namespace }: GetOptions): unknown {
  const isElsewhere = type.namespaced && namespace === undefined;
  if (!isElsewhere || !isStatusError(error) || !isObjectNotFound(error)) return error;
  return new StatusError({ ...error.status, message: `${error.message}\n${SPACES_HINT.trimEnd()}` });
}

async function showOrphans(options: GetOptions, client: KubeClient, factory: Factory): Promise<void> {
  if (options.type.kind !== works.kind || options.names.length > 0 || options.selector) {
    throw new UsageError('--orphans goes with works, and without names or a selector');
  }
  if (options.output && options.output !== 'wide') {
    throw new UsageError(
      `--orphans prints a table; for ${options.output} use: pullet get works -A -l ${ORPHANS_LABEL}`,
    );
  }
  const told = await listOrphansWorks(client, options.allNamespaces ? undefined : options.namespace);
  const orphans = told.flatMap(orphansOf);
  if (orphans.length === 0) {
    factory.streams.err('No orphaned objects found.\n');
    return;
  }
  const text = printOrphans(orphans, { now: factory.clock.now(), wide: options.output === 'wide' });
  factory.streams.out(options.noHeaders ? text.slice(text.indexOf('\n') + 1) : text);
  for (const work of told) {
    const leftOut = leftOutOf(work);
    if (leftOut) factory.streams.err(`note: cluster ${clusterOf(work)}: ${leftOut}\n`);
  }
  if (!options.noHeaders) factory.streams.err(DECIDE_HINT);
}

function collectionPath({ type, namespace, allNamespaces }: GetOptions): string {
  const scope = type.namespaced && !allNamespaces ? `/namespaces/${encodeURIComponent(namespace ?? 'default')}` : '';
  return `/apis/${type.group}/${type.version}${scope}/${type.resource}`;
}

type Query = Record<string, string>;

function paths(options: GetOptions, query: Query): string[] {
  const collection = collectionPath(options);
  const { names, selector } = options;
  if (names.length > 0) return names.map((name) => withQuery(`${collection}/${encodeURIComponent(name)}`, query));
  return [withQuery(collection, selector ? { labelSelector: selector, ...query } : query)];
}

function withQuery(path: string, query: Query): string {
  const text = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return text.length > 0 ? `${path}?${text.join('&')}` : path;
}

async function fetchAll<T>(
  options: GetOptions,
  client: KubeClient,
  { accept, query = {} }: { accept: string; query?: Query },
): Promise<T[]> {
  const bodies = await Promise.all(
    paths(options, query).map((path) => client.raw({ method: 'GET', path, headers: { accept } })),
  );
  return bodies.map((body) => JSON.parse(body) as T);
}

/** With what their statuses say in a few words, which a table of the server does not have. */
async function showWorks(options: GetOptions, client: KubeClient, factory: Factory): Promise<void> {
  const found = await findWorks(options, client);
  if (found.length === 0) {
    factory.streams.err(noneFound(options));
    return;
  }
  const text = printWorks(found, {
    silent: await silentClusters(client),
    nowMs: factory.clock.now(),
    withNamespace: options.allNamespaces,
    noHeaders: options.noHeaders,
    wide: options.output === 'wide',
  });
  factory.streams.out(text);
}

async function findWorks(options: GetOptions, client: KubeClient): Promise<Work[]> {
  const namespace = options.namespace ?? 'default';
  if (options.names.length > 0) return Promise.all(options.names.map((name) => client.get(works, { name, namespace })));
  const { items } = await client.list(works, {
    ...(options.allNamespaces ? {} : { namespace }),
    ...(options.selector ? { labelSelector: options.selector } : {}),
  });
  return options.selector ? items : items.filter((work) => !isOfPullet(work));
}

async function printTable(options: GetOptions, client: KubeClient, factory: Factory): Promise<void> {
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  const query = isForPeople(options) ? { includeObject: 'Object' } : {};
  const tables = await fetchAll<ServerTable>(options, client, { accept, query });
  const first = tables[0];
  if (!first) return;
  const table: ServerTable = { columnDefinitions: first.columnDefinitions, rows: tables.flatMap((each) => each.rows) };
  if (options.output === 'name') {
    const prefix = groupResource({ group: options.type.group, resource: options.type.kind.toLowerCase() });
    factory.streams.out(table.rows.map((row) => `${prefix}/${row.object?.metadata?.name ?? ''}\n`).join(''));
    return;
  }
  if (table.rows.length === 0) {
    factory.streams.err(noneFound(options));
    return;
  }
  const withNamespace = options.type.namespaced && options.allNamespaces;
  factory.streams.out(
    printServerTable(table, { wide: options.output === 'wide', withNamespace, noHeaders: options.noHeaders }),
  );
  if (isForPeople(options))
    noteOrphans(
      table.rows.map(({ object }) => object as Partial<Cluster>),
      factory,
    );
}

function isForPeople({ type, output, noHeaders }: GetOptions): boolean {
  return type.kind === clusters.kind && output !== 'name' && !noHeaders;
}

const SPACES_HINT =
  "The works of each cluster are in a namespace of its own: give -A, or -n and 'karmada-es-' with the cluster's name.\n";

function noneFound({ type, namespace, allNamespaces }: GetOptions): string {
  return type.namespaced && !allNamespaces
    ? `No resources found in ${namespace ?? 'default'} namespace.\n${namespace === undefined ? SPACES_HINT : ''}`
    : 'No resources found\n';
}

async function printObjects(options: GetOptions, client: KubeClient, factory: Factory): Promise<void> {
  const bodies = await fetchAll<KubeObject | KubeList<KubeObject>>(options, client, {
    accept: 'application/json',
  });
  const single = options.names.length === 1;
  const items = bodies
    .flatMap((body) => ('items' in body ? body.items.map((item) => withKind(item, options)) : [body]))
    .map(withoutManagers);
  const value = single ? items[0] : { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } };
  factory.streams.exact(options.output === 'json' ? `${objectJson(value, 4)}\n` : toYaml(value));
}

/** Who owns which field is many lines that hardly anybody asks for: as kubectl does. */
function withoutManagers<T extends KubeObject>(object: T): T {
  const { managedFields: _owners, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Items of a list come without their kind; somebody who pipes them on needs it. */
function withKind(item: KubeObject, { type }: GetOptions): KubeObject {
  const { metadata, ...rest } = item;
  return { ...rest, apiVersion: `${type.group}/${type.version}`, kind: type.kind, metadata };
}
