import { Command } from 'commander';
import { type Cluster, clusters, TAINT_UNSCHEDULABLE } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, booleanFlag, hubFlags } from '../flags.ts';
import { patchTaints, type Taint } from '../taints.ts';

/** `pullet cordon` and `pullet uncordon`: whether new workloads may be scheduled to a cluster. */

export interface CordonOptions {
  hub: HubFlags;
  cluster: string;
  desired: 'cordon' | 'uncordon';
  dryRun: boolean;
}

export function newCordonCommand(factory: Factory): Command {
  return newCommand(factory, 'cordon', 'Mark a cluster as unschedulable');
}

export function newUncordonCommand(factory: Factory): Command {
  return newCommand(factory, 'uncordon', 'Mark a cluster as schedulable');
}

function newCommand(factory: Factory, desired: 'cordon' | 'uncordon', description: string): Command {
  const command = new Command(desired)
    .description(description)
    .argument('<cluster>', 'name of the cluster')
    .option('--dry-run [bool]', 'say what would be done, change nothing', booleanFlag('--dry-run'), false)
    .addHelpText('after', `\nExamples:\n  pullet ${desired} member1`);
  addHubFlags(command);
  return command.action(async (cluster: string, flags) =>
    runCordon({ hub: hubFlags(flags), cluster, desired, dryRun: flags.dryRun }, factory),
  );
}

const isCordon = (taint: Taint): boolean => taint.key === TAINT_UNSCHEDULABLE && taint.effect === 'NoSchedule';

export async function runCordon(options: CordonOptions, factory: Factory): Promise<void> {
  const client = await factory.hubClient(options.hub);
  const cluster: Cluster = await client.get(clusters, { name: options.cluster });
  const taints = cluster.spec.taints ?? [];
  const cordoned = taints.some(isCordon);
  if (cordoned === (options.desired === 'cordon')) {
    factory.streams.out(`${options.cluster} cluster already ${options.desired}ed\n`);
    return;
  }
  const wanted: Taint[] = cordoned
    ? taints.filter((taint) => !isCordon(taint))
    : [...taints, { key: TAINT_UNSCHEDULABLE, effect: 'NoSchedule' }];
  if (!options.dryRun) await patchTaints(client, cluster, wanted);
  factory.streams.out(`${options.cluster} cluster ${options.desired}ed\n`);
}
