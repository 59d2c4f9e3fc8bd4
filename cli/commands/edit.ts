import { Command } from 'commander';
import { clusters, DESCRIPTION_ANNOTATION, DISPLAY_NAME_ANNOTATION } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, hubFlags } from '../flags.ts';
import { UsageError } from '../usage-error.ts';

/** `pullet edit cluster NAME`: what people call a cluster, beside the name that machines know it by. */

export interface EditOptions {
  hub: HubFlags;
  cluster: string;
  /** Empty: taken away. */
  displayName?: string;
  description?: string;
}

export function newEditCommand(factory: Factory): Command {
  const command = new Command('edit')
    .description("Change a cluster's display name and description")
    .argument('<kind>', 'cluster')
    .argument('<name>', 'name of the cluster')
    .option('--display-name <text>', 'what people call it; empty takes it away')
    .option('--description <text>', 'what it is for; empty takes it away')
    .addHelpText(
      'after',
      '\nExamples:\n  pullet edit cluster store17 --display-name "Store 17" --description "Behind the station"',
    );
  addHubFlags(command);
  return command.action(async (kind: string, cluster: string, flags) => {
    if (!['cluster', 'clusters'].includes(kind.toLowerCase())) {
      throw new UsageError(`invalid resource type ${kind}, only "cluster" is supported: kubectl edit changes the rest`);
    }
    await runEdit({ ...flags, hub: hubFlags(flags), cluster }, factory);
  });
}

export async function runEdit(options: EditOptions, factory: Factory): Promise<void> {
  const { cluster: name, displayName, description } = options;
  if (displayName === undefined && description === undefined) {
    throw new UsageError('nothing to change: give --display-name or --description');
  }
  const hub = await factory.hubClient(options.hub);
  const annotations = {
    ...(displayName === undefined ? {} : { [DISPLAY_NAME_ANNOTATION]: displayName || null }),
    ...(description === undefined ? {} : { [DESCRIPTION_ANNOTATION]: description || null }),
  };
  await hub.patch(clusters, { name }, { type: 'merge', patch: { metadata: { annotations } } });
  factory.streams.out(`cluster(${name}) is edited\n`);
}
