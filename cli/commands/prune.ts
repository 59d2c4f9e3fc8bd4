import { Command } from 'commander';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { isConflict, isForbidden, isNotFound } from '../../shared/apis/meta/status-error.ts';
import { KINDS_WITH_CONTENTS } from '../../shared/apis/work/kinds-with-contents.ts';
import { ADOPT_ANNOTATION, PRUNE_ANNOTATION, type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, booleanFlag, durationOption, hubFlags } from '../flags.ts';
import { findOrphansWork, leftOutOf, type Orphan, orphansOf } from '../orphans.ts';
import { pollUntil } from '../poll.ts';
import { UsageError } from '../usage-error.ts';

/** `pullet prune` and `pullet adopt`: a person's word about objects in a member that its agent may not delete by itself. */

export interface DecideOptions {
  hub: HubFlags;
  cluster: string;
  /** As `pullet get works --orphans` shows them, or their uids; none with `all`. */
  objects: string[];
  all: boolean;
  decision: 'prune' | 'adopt';
  dryRun: boolean;
  /** How long to wait until the agent has done it; 0: not at all. */
  timeoutMs: number;
}

const WORDS = {
  prune: { annotation: PRUNE_ANNOTATION, done: 'pruned', description: 'Delete orphaned objects in a cluster' },
  adopt: {
    annotation: ADOPT_ANNOTATION,
    done: 'adopted',
    description: "Leave orphaned objects in a cluster as the cluster's own",
  },
} as const;

export function newPruneCommand(factory: Factory): Command {
  return newCommand(factory, 'prune');
}

export function newAdoptCommand(factory: Factory): Command {
  return newCommand(factory, 'adopt');
}

function newCommand(factory: Factory, decision: DecideOptions['decision']): Command {
  const command = new Command(decision)
    .description(WORDS[decision].description)
    .argument('<cluster>', 'name of the cluster')
    .argument('[objects...]', 'KIND/NAMESPACE/NAME or uid, as `pullet get works --orphans` shows them')
    .option('--all', 'all orphaned objects of the cluster', false)
    .option('--dry-run [bool]', 'say what would be done, change nothing', booleanFlag('--dry-run'), false)
    .addOption(durationOption('--timeout <duration>', 'how long to wait for the agent; 0s for not at all', '60s'))
    .addHelpText(
      'after',
      `
Examples:
  pullet get works --orphans
  pullet ${decision} member1 ConfigMap/shop/settings
  pullet ${decision} member1 --all
${decision === 'prune' ? '\n--all leaves Namespaces and CustomResourceDefinitions, with which all that is in or of them would go: name those.\n' : ''}
Orphaned objects came from works, and their agent has no proof that they are to go:
  WorkMissing      its work is gone, and was never seen being deleted
  HubChanged       the hub is another one, or was restored from a backup
  WorkNotNewer     the work no longer names it, but is no newer than what was delivered
  NotInInventory   the agent has lost its notes: nothing is known but the marks on the object`,
    );
  addHubFlags(command);
  return command.action(async (cluster: string, objects: string[], flags) => {
    const { all, dryRun, timeout: timeoutMs } = flags;
    await runDecide({ hub: hubFlags(flags), cluster, objects, all, decision, dryRun, timeoutMs }, factory);
  });
}

export async function runDecide(options: DecideOptions, factory: Factory): Promise<void> {
  const { cluster, objects, all, decision } = options;
  if (all === objects.length > 0) throw new UsageError(`name the objects to ${decision}, or give --all`);
  if ([cluster, ...objects].includes('')) throw new UsageError('neither the cluster nor an object may be empty');
  const client = await factory.hubClient(options.hub);
  const told = await readTold(client, cluster);
  if (told.orphans.length === 0) await checkName(client, cluster);
  await decideOn(client, options, choose(told.orphans, options), factory);
  if (all && told.leftOut !== undefined) await goOn(client, options, told, factory);
}

/** An agent has no room to tell of all: it tells of others when those are decided. */
async function goOn(client: KubeClient, options: DecideOptions, first: Told, factory: Factory): Promise<void> {
  const { cluster, dryRun, timeoutMs } = options;
  if (dryRun) return factory.streams.err(`note: ${first.leftOut}\n`);
  const seen = new Set<string>();
  for (let told = first; told.leftOut !== undefined; ) {
    for (const { uid } of told.orphans) seen.add(uid);
    if (timeoutMs > 0) told = await readTold(client, cluster);
    const fresh = told.orphans.filter(({ uid }) => !seen.has(uid));
    if (fresh.length === 0 && told.leftOut !== undefined) throw new Error(`not all are decided: ${told.leftOut}`);
    await decideOn(client, options, fresh, factory);
  }
}

async function decideOn(client: KubeClient, options: DecideOptions, wanted: Orphan[], factory: Factory): Promise<void> {
  const { cluster, all, decision, dryRun, timeoutMs } = options;
  const chosen = decision === 'prune' && all ? wanted.filter(goesAlone) : wanted;
  noteLeft(
    wanted.filter((one) => !chosen.includes(one)),
    factory,
  );
  if (chosen.length === 0) return;
  if (!dryRun) await decide(client, options, chosen);
  if (!dryRun && timeoutMs > 0) await untilDone(client, options, chosen, factory);
  const isDone = dryRun || timeoutMs > 0;
  for (const { object } of chosen) {
    const outcome = isDone ? WORDS[decision].done : `will be ${WORDS[decision].done} by the agent`;
    factory.streams.out(`${object} of cluster ${cluster} ${outcome}${dryRun ? ' (dry run)' : ''}\n`);
  }
}

/** A name that is mistyped has no orphans either. Who may not see clusters is not told. */
async function checkName(client: KubeClient, name: string): Promise<void> {
  try {
    await client.get(clusters, { name });
  } catch (error) {
    if (isNotFound(error)) throw new Error(`there is no cluster "${name}" on this hub; see "pullet get clusters"`);
    if (!isForbidden(error)) throw error;
  }
}

interface Told {
  orphans: Orphan[];
  /** That there are more, in words. */
  leftOut: string | undefined;
}

async function readTold(client: KubeClient, cluster: string): Promise<Told> {
  const work = await findOrphansWork(client, cluster);
  return work ? { orphans: orphansOf(work), leftOut: leftOutOf(work) } : { orphans: [], leftOut: undefined };
}

function choose(orphans: Orphan[], { cluster, objects, all }: DecideOptions): Orphan[] {
  if (all && orphans.length === 0) throw new Error(`cluster ${cluster} has no orphaned objects`);
  if (all) return orphans;
  return objects.flatMap((wanted) => {
    const found = orphans.filter(({ object, uid }) => uid === wanted || isSame(object, wanted));
    if (found.length === 0)
      throw new Error(`cluster ${cluster} has no orphaned object ${wanted}; see "pullet get works --orphans"`);
    const uids = found.map(({ uid, apiVersion }) => `${uid} (${apiVersion})`).join(', ');
    if (found.length > 1)
      throw new Error(
        `cluster ${cluster} has ${found.length} orphaned objects ${wanted}; name one by its uid: ${uids}`,
      );
    return found;
  });
}

/** Kinds are written in any case. */
function isSame(object: string, wanted: string): boolean {
  const [kind = '', ...name] = object.split('/');
  const [otherKind = '', ...otherName] = wanted.split('/');
  return kind.toLowerCase() === otherKind.toLowerCase() && name.join('/') === otherName.join('/');
}

/** What would take others with it is only pruned by name. */
function goesAlone({ object }: Orphan): boolean {
  return !KINDS_WITH_CONTENTS.has(object.split('/')[0] ?? '');
}

function noteLeft(left: Orphan[], { streams }: Factory): void {
  for (const { object, cluster } of left)
    streams.err(
      `${object} of cluster ${cluster} stays: all that is of it would go too; to have that, prune it by name\n`,
    );
}

const TRIES = 5;

/** Adds to what others have decided and the agent hasn't done yet. */
async function decide(client: KubeClient, { cluster, decision }: DecideOptions, chosen: Orphan[]): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const work = await findOrphansWork(client, cluster);
    if (!work) return;
    try {
      await client.patch(works, keyOf(work), { type: 'merge', patch: decisionPatch(work, decision, chosen) });
      return;
    } catch (error) {
      if (!isConflict(error) || tries === TRIES) throw error;
    }
  }
}

function keyOf({ metadata: { name = '', namespace = '' } }: Work): { name: string; namespace: string } {
  return { name, namespace };
}

function decisionPatch({ metadata }: Work, decision: DecideOptions['decision'], chosen: Orphan[]): object {
  const { annotation } = WORDS[decision];
  const before = (metadata.annotations?.[annotation] ?? '').split(',').filter((uid) => uid !== '');
  const uids = [...new Set([...before, ...chosen.map(({ uid }) => uid)])];
  return { metadata: { resourceVersion: metadata.resourceVersion, annotations: { [annotation]: uids.join(',') } } };
}

async function untilDone(
  client: KubeClient,
  { cluster, timeoutMs: deadlineMs, decision }: DecideOptions,
  chosen: Orphan[],
  { clock, signal, streams }: Factory,
): Promise<void> {
  const uids = new Set(chosen.map(({ uid }) => uid));
  let left: Orphan[] = chosen;
  const told = new Map<string, string>();
  const waitingFor = (): string =>
    `the agent of cluster ${cluster} to ${decision} ${namesOf(left)}; it will when it can`;
  await pollUntil({ clock, signal, everyMs: 500, deadlineMs, waitingFor }, async () => {
    left = (await readTold(client, cluster)).orphans.filter(({ uid }) => uids.has(uid));
    for (const one of left) {
      if (!one.waitsFor || told.get(one.uid) === one.waitsFor) continue;
      told.set(one.uid, one.waitsFor);
      streams.err(`${one.object} of cluster ${cluster} waits: ${one.waitsFor}\n`);
    }
    return left.length === 0 ? true : undefined;
  });
}

const NAMED = 20;

function namesOf(orphans: Orphan[]): string {
  const more = orphans.length - NAMED;
  return `${orphans.slice(0, NAMED).map(inWords).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function inWords({ object, waitsFor }: Orphan): string {
  return waitsFor ? `${object} (${waitsFor})` : object;
}
