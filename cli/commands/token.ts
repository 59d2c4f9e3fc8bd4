import { Command } from 'commander';
import type { Factory } from '../factory.ts';
import { newTokenCreateCommand } from './token-create.ts';
import { newTokenDeleteCommand } from './token-delete.ts';
import { newTokenListCommand } from './token-list.ts';

/** `pullet token …`: the bootstrap tokens that let new clusters in. */
export function newTokenCommand(factory: Factory): Command {
  return new Command('token')
    .description('Manage the bootstrap tokens that clusters register with')
    .addCommand(newTokenCreateCommand(factory))
    .addCommand(newTokenListCommand(factory))
    .addCommand(newTokenDeleteCommand(factory))
    .addHelpText(
      'after',
      '\nExamples:\n  pullet token create --print-register-command\n  pullet token list\n  pullet token delete abcdef',
    );
}
