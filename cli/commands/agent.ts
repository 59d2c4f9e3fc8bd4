import { Command } from 'commander';
import type { Factory } from '../factory.ts';

/** `pullet agent`: the process in each member. Its flags are the agent's own (agent/options.ts); loaded only when asked for. */
export function newAgentCommand(factory: Factory): Command {
  return new Command('agent')
    .description('Run the agent of a member cluster')
    .helpOption(false)
    .allowUnknownOption()
    .argument('[flags...]', 'see `pullet agent --help`')
    .action(async (flags: string[]) => {
      const { runAgent } = await import('../../agent/main.ts');
      await runAgent(flags, factory);
    });
}
