import { Command } from 'commander';
import type { Factory } from '../factory.ts';

/** `pullet hub`: the control plane. Its flags are the hub's own (services/hub/options.ts); loaded only when asked for. */
export function newHubCommand(factory: Factory): Command {
  return new Command('hub')
    .description('Run the hub: the embedded Kubernetes API and the controllers')
    .helpOption(false)
    .allowUnknownOption()
    .argument('[flags...]', 'see `pullet hub --help`')
    .action(async (flags: string[]) => {
      const { runHub } = await import('../../services/hub/main.ts');
      await runHub(flags, factory);
    });
}
