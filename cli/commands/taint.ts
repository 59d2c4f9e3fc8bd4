import { Command } from 'commander';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, booleanFlag, hubFlags } from '../flags.ts';
import { changeTaints, isTaintArgument, parseTaints, patchTaints, type TaintChanges } from '../taints.ts';
import { UsageError } from '../usage-error.ts';

/** `pullet taint clusters NAME… KEY[=VALUE]:EFFECT…`: changes the taints of clusters. */

export interface TaintOptions {
  hub: HubFlags;
  clusters: string[];
  changes: TaintChanges;
  overwrite: boolean;
  dryRun: boolean;
}

export function newTaintCommand(factory: Factory): Command {
  const command = new Command('taint')
    .description('Update the taints on one or more clusters')
    .argument('<kind>', 'clusters')
    .argument(
      '<names-and-taints...>',
      'names of clusters, then taints: KEY=VALUE:EFFECT, KEY:EFFECT, KEY:EFFECT- or KEY-',
    )
    .option('--overwrite [bool]', 'replace taints that exist', booleanFlag('--overwrite'), false)
    .option('--dry-run [bool]', 'say what would be done, change nothing', booleanFlag('--dry-run'), false)
    .addHelpText(
      'after',
      `
Effects are NoSchedule, PreferNoSchedule and NoExecute.

Examples:
  pullet taint clusters member1 dedicated=special-user:NoSchedule
  pullet taint clusters member1 dedicated:NoSchedule-
  pullet taint clusters member1 dedicated-`,
    );
  addHubFlags(command);
  return command.action(async (kind: string, rest: string[], flags) => {
    if (!['cluster', 'clusters'].includes(kind.toLowerCase())) {
      throw new UsageError(`invalid resource type ${kind}, only ["cluster" "clusters"] are supported`);
    }
    const { names, taints } = splitArguments(rest);
    await runTaint(
      {
        hub: hubFlags(flags),
        clusters: names,
        changes: parseTaints(taints),
        overwrite: flags.overwrite,
        dryRun: flags.dryRun,
      },
      factory,
    );
  });
}

function splitArguments(rest: string[]): { names: string[]; taints: string[] } {
  const firstTaint = rest.findIndex(isTaintArgument);
  const names = firstTaint < 0 ? rest : rest.slice(0, firstTaint);
  const taints = firstTaint < 0 ? [] : rest.slice(firstTaint);
  const late = taints.find((text) => !isTaintArgument(text));
  if (late !== undefined) throw new UsageError(`all resources must be specified before taint changes: ${late}`);
  if (taints.length === 0) throw new UsageError('at least one taint update is required');
  if (names.length === 0) throw new UsageError('at least one resource name must be specified');
  return { names, taints };
}

export async function runTaint(options: TaintOptions, factory: Factory): Promise<void> {
  const client = await factory.hubClient(options.hub);
  const found = await Promise.all(options.clusters.map((name) => client.get(clusters, { name })));
  // Every change is checked before the first is made.
  const planned = found.map((cluster) => ({
    cluster,
    result: changeTaints(cluster, options.changes, options.overwrite),
  }));
  for (const { cluster, result } of planned) {
    if (!options.dryRun) await patchTaints(client, cluster, result.taints);
    factory.streams.out(`cluster/${cluster.metadata.name} ${result.operation}\n`);
  }
}
