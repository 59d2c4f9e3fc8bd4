import { Command } from 'commander';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { events } from '../../shared/apis/core/v1.ts';
import { isForbidden } from '../../shared/apis/meta/status-error.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, hubFlags } from '../flags.ts';
import { describeWork } from '../printers/work-description.ts';
import { UsageError } from '../usage-error.ts';
import { silentClusters } from '../work-report.ts';

/** `pullet describe work NAME`: what became of each manifest, what is wrong, and whether the answer may be old. */

export interface DescribeOptions {
  hub: HubFlags;
  work: string;
  namespace: string;
}

export function newDescribeCommand(factory: Factory): Command {
  const command = new Command('describe')
    .description('Show what became of a work in its cluster')
    .argument('<kind>', 'work')
    .argument('<name>', 'name of the work')
    .option('--cluster <name>', 'the cluster that it is for')
    .option('-n, --namespace <namespace>', "where it is; instead of --cluster: 'karmada-es-' and the cluster's name")
    .addHelpText(
      'after',
      '\nExamples:\n  pullet describe work shop --cluster store17\n  pullet describe work shop -n karmada-es-store17',
    );
  addHubFlags(command);
  return command.action(async (kind: string, work: string, flags) => {
    if (!['work', 'works', 'wk'].includes(kind.toLowerCase())) {
      throw new UsageError(`invalid resource type ${kind}, only "work" is supported: kubectl describe shows the rest`);
    }
    if ((flags.cluster === undefined) === (flags.namespace === undefined)) {
      throw new UsageError('say which cluster the work is for: give --cluster or --namespace');
    }
    const namespace = flags.namespace ?? executionSpace(flags.cluster);
    await runDescribe({ hub: hubFlags(flags), work, namespace }, factory);
  });
}

export async function runDescribe({ hub, work: name, namespace }: DescribeOptions, factory: Factory): Promise<void> {
  const client = await factory.hubClient(hub);
  const work = await client.get(works, { name, namespace });
  const fieldSelector = `involvedObject.kind=Work,involvedObject.name=${name}`;
  const [silent, happened] = await Promise.all([
    silentClusters(client),
    client.list(events, { namespace, fieldSelector }).then(
      ({ items }) => items,
      (error: unknown) => {
        if (isForbidden(error)) return undefined;
        throw error;
      },
    ),
  ]);
  factory.streams.out(describeWork(work, { silent, events: happened, nowMs: factory.clock.now() }));
}
