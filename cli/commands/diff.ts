import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { loadAll } from 'js-yaml';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { dryRunLeftMs, isDryRun } from '../../shared/apis/work/dry-run.ts';
import {
  CONDITION_DRY_RUN,
  DRY_RUN_ANNOTATION,
  DRY_RUN_EXPIRES_ANNOTATION,
  type Work,
  works,
} from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { deleteIfPresent } from '../../shared/client/ensure-object.ts';
import { fileReason } from '../../shared/client/file-reason.ts';
import { rfc3339 } from '../../shared/controller/conditions.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, collectEach, durationOption, hubFlags } from '../flags.ts';
import { printDryRun } from '../printers/dry-run.ts';
import { UsageError } from '../usage-error.ts';
import { silentClusters } from '../work-report.ts';

/** `pullet diff -f FILE --cluster N`: what a cluster would change, which its own API answers by a dry run that its agent asks for. */

export interface DiffOptions {
  hub: HubFlags;
  cluster: string;
  files: string[];
  timeoutMs: number;
}

const LOOK_EVERY_MS = 200;
/** On top of the timeout: clocks differ. */
const KEPT_MS = 5 * 60_000;

export function newDiffCommand(factory: Factory): Command {
  const command = new Command('diff')
    .description('Show what manifests would change in a cluster, without changing it')
    .requiredOption(
      '-f, --filename <file>',
      "manifests in YAML or JSON, '-' for standard input; may be given several times",
      collectEach,
      [],
    )
    .requiredOption('--cluster <name>', 'the cluster')
    .addOption(durationOption('--timeout <duration>', "how long to wait for the cluster's agent", '30s'))
    .addHelpText(
      'after',
      '\nThe values of Secrets are masked. The exit code is 0 whether or not something would change.\n\nExamples:\n  pullet diff -f shop.yaml --cluster store17',
    );
  addHubFlags(command);
  return command.action(async (flags) => {
    const { cluster, filename: files, timeout: timeoutMs } = flags;
    if (files.length === 0 || files.includes('')) throw new UsageError('-f is required: which manifests?');
    if (timeoutMs === 0) throw new UsageError('invalid value "0s" for --timeout: the agent needs a moment to answer');
    await runDiff({ hub: hubFlags(flags), cluster, files, timeoutMs }, factory);
  });
}

export async function runDiff(options: DiffOptions, factory: Factory): Promise<void> {
  const manifests = (await Promise.all(options.files.map((file) => readManifests(file, factory)))).flat();
  if (manifests.length === 0) throw new Error(`${options.files.map(nameOf).join(', ')}: no manifests in it`);
  const client = await factory.hubClient(options.hub);
  await forgetExpired(client, executionSpace(options.cluster), factory.clock.now());
  const asked = await ask(client, options, newQuestion(options, manifests, factory.clock.now()));
  try {
    const answered = await untilAnswered(client, asked, options, factory);
    factory.streams.out(printDryRun(answered));
  } finally {
    const { name = '', namespace = '' } = asked.metadata;
    await client.delete(works, { name, namespace });
  }
}

async function ask(client: KubeClient, { cluster }: DiffOptions, question: Work): Promise<Work> {
  try {
    return await client.create(works, question);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new Error(`there is no cluster "${cluster}" on this hub; see "pullet get clusters"`);
  }
}

async function readManifests(file: string, { streams }: Factory): Promise<Unstructured[]> {
  const content = file === '-' ? await streams.in() : await readText(file);
  try {
    const documents = loadAll(content).filter((document) => document !== null && document !== undefined);
    return documents.flatMap((document) => itemsOf(document, file));
  } catch (error) {
    throw new Error(`${nameOf(file)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const nameOf = (file: string): string => (file === '-' ? 'standard input' : file);

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`cannot read ${file}: ${fileReason(error)}`);
  }
}

function itemsOf(document: unknown, file: string): Unstructured[] {
  const { apiVersion, kind, items } = document as { apiVersion?: unknown; kind?: unknown; items?: unknown };
  if (kind === 'List' && Array.isArray(items)) return items.flatMap((item) => itemsOf(item, file));
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    throw new Error('a document has no apiVersion or kind');
  return [document as Unstructured];
}

function newQuestion({ cluster, timeoutMs }: DiffOptions, manifests: Unstructured[], nowMs: number): Work {
  return {
    apiVersion: 'work.karmada.io/v1alpha1',
    kind: 'Work',
    metadata: {
      generateName: 'pullet-diff-',
      namespace: executionSpace(cluster),
      labels: { [DRY_RUN_ANNOTATION]: 'true' },
      annotations: {
        [DRY_RUN_ANNOTATION]: 'true',
        [DRY_RUN_EXPIRES_ANNOTATION]: rfc3339(nowMs + timeoutMs + KEPT_MS),
      },
    },
    spec: { suspendDispatching: true, workload: { manifests } },
  };
}

/** The questions of commands that were killed. That is the agent's to do as well, so an error here is no reason not to ask. */
async function forgetExpired(client: KubeClient, namespace: string, nowMs: number): Promise<void> {
  try {
    const { items } = await client.list(works, { namespace, labelSelector: `${DRY_RUN_ANNOTATION}=true` });
    const expired = items.filter((work) => isDryRun(work) && dryRunLeftMs(work, nowMs) === 0);
    for (const { metadata } of expired) {
      await deleteIfPresent(client, works, { namespace, name: metadata.name ?? '', uid: metadata.uid });
    }
  } catch {
    // whoever may not list Works may ask all the same
  }
}

async function untilAnswered(client: KubeClient, asked: Work, options: DiffOptions, factory: Factory): Promise<Work> {
  const { name = '', namespace = '' } = asked.metadata;
  const endMs = factory.clock.now() + options.timeoutMs;
  while (factory.clock.now() < endMs) {
    const work = await client.get(works, { name, namespace });
    if (work.status?.conditions?.some(({ type }) => type === CONDITION_DRY_RUN)) return work;
    await sleep(factory.clock, LOOK_EVERY_MS, factory.signal);
    factory.signal.throwIfAborted();
  }
  const silence = (await silentClusters(client))?.get(options.cluster);
  const why = silence
    ? `it has not been heard of (${silence.why})`
    : "only Pullet's agent answers such questions: is it running there?";
  throw new Error(`the agent of cluster ${options.cluster} did not answer in ${options.timeoutMs / 1000} s: ${why}`);
}
