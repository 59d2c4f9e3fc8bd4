import { Command } from 'commander';
import { clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { events } from '../../shared/apis/core/v1.ts';
import { isForbidden } from '../../shared/apis/meta/status-error.ts';
import { ORPHANS_LABEL, works } from '../../shared/apis/work/v1alpha1.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, hubFlags } from '../flags.ts';
import { leftOutOf, orphansOf } from '../orphans.ts';
import { describeCluster } from '../printers/cluster-description.ts';
import { describeWork } from '../printers/work-description.ts';
import { UsageError } from '../usage-error.ts';
import { isOfPullet, silentClusters } from '../work-report.ts';

/** `pullet describe work|cluster NAME`: what became of each manifest, or how a cluster is; what is wrong, and whether the answer may be old. */

interface DescribeWorkOptions {
  hub: HubFlags;
  work: string;
  namespace: string;
}

const WORK_KINDS = ['work', 'works', 'wk', 'works.work.karmada.io'];
const CLUSTER_KINDS = ['cluster', 'clusters', 'clusters.cluster.karmada.io'];

export function newDescribeCommand(factory: Factory): Command {
  const command = new Command('describe')
    .description('Show what became of a work in its cluster, or how a cluster is')
    .argument('<kind>', 'work or cluster')
    .argument('<name>', 'name of the work or the cluster')
    .option('--cluster <name>', 'of a work: the cluster that it is for')
    .option(
      '-n, --namespace <namespace>',
      "of a work: where it is; instead of --cluster: 'karmada-es-' and the cluster's name",
    )
    .addHelpText(
      'after',
      '\nExamples:\n  pullet describe work shop --cluster store17\n  pullet describe work shop -n karmada-es-store17\n  pullet describe cluster store17',
    );
  addHubFlags(command);
  return command.action(async (kind: string, name: string, flags) => {
    if (name === '') throw new UsageError('the name may not be empty');
    if (CLUSTER_KINDS.includes(kind.toLowerCase())) {
      if (flags.cluster ?? flags.namespace) throw new UsageError('a cluster is in no other, and in no namespace');
      return runDescribeCluster({ hub: hubFlags(flags), name }, factory);
    }
    if (!WORK_KINDS.includes(kind.toLowerCase())) {
      throw new UsageError(`unknown kind "${kind}": pullet describe knows work and cluster; use kubectl for others`);
    }
    if ((flags.cluster === undefined) === (flags.namespace === undefined)) {
      throw new UsageError('say which cluster the work is for: give --cluster or --namespace');
    }
    const namespace = flags.namespace ?? executionSpace(flags.cluster);
    return runDescribeWork({ hub: hubFlags(flags), work: name, namespace }, factory);
  });
}

async function runDescribeCluster({ hub, name }: { hub: HubFlags; name: string }, factory: Factory): Promise<void> {
  const client = await factory.hubClient(hub);
  const cluster = await client.get(clusters, { name });
  const all = await unlessForbidden(client.list(works, { namespace: executionSpace(name) }));
  const told = all?.items.filter(({ metadata }) => ORPHANS_LABEL in (metadata.labels ?? {}));
  const context = {
    works: all?.items.filter((work) => !isOfPullet(work)),
    orphans: told?.flatMap(orphansOf),
    leavesOrphansOut: told?.some((work) => leftOutOf(work) !== undefined) ?? false,
  };
  factory.streams.out(describeCluster(cluster, { ...context, nowMs: factory.clock.now() }));
}

async function unlessForbidden<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (isForbidden(error)) return undefined;
    throw error;
  });
}

async function runDescribeWork({ hub, work: name, namespace }: DescribeWorkOptions, factory: Factory): Promise<void> {
  const client = await factory.hubClient(hub);
  const work = await client.get(works, { name, namespace });
  const fieldSelector = `involvedObject.kind=Work,involvedObject.name=${name}`;
  const [silent, happened] = await Promise.all([
    silentClusters(client),
    unlessForbidden(client.list(events, { namespace, fieldSelector }).then(({ items }) => items)),
  ]);
  factory.streams.out(describeWork(work, { silent, events: happened, nowMs: factory.clock.now() }));
}
