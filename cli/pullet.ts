import { Command, CommanderError, Help, type Option } from 'commander';
import { VERSION } from '../shared/apis/version.ts';
import { newAgentCommand } from './commands/agent.ts';
import { newApproveCommand } from './commands/approve.ts';
import { newCertCommand } from './commands/cert.ts';
import { newCordonCommand, newUncordonCommand } from './commands/cordon.ts';
import { newDemoCommand } from './commands/demo.ts';
import { newDescribeCommand } from './commands/describe.ts';
import { newDiffCommand } from './commands/diff.ts';
import { newDoctorCommand } from './commands/doctor.ts';
import { newEditCommand } from './commands/edit.ts';
import { newGetCommand } from './commands/get.ts';
import { newHubCommand } from './commands/hub.ts';
import { newInitCommand } from './commands/init.ts';
import { newJoinCommand } from './commands/join.ts';
import { newAdoptCommand, newPruneCommand } from './commands/prune.ts';
import { newRegisterCommand } from './commands/register.ts';
import { newRejectCommand } from './commands/reject.ts';
import { newRotateCredentialsCommand } from './commands/rotate-credentials.ts';
import { newTaintCommand } from './commands/taint.ts';
import { newTokenCommand } from './commands/token.ts';
import { newUnjoinCommand } from './commands/unjoin.ts';
import { newUnregisterCommand } from './commands/unregister.ts';
import { errorText, exitCodeOf } from './error-text.ts';
import type { Factory } from './factory.ts';
import { UsageError } from './usage-error.ts';

/** `pullet`: parses the command line, runs one command, and turns an error into words and an exit code. Nowhere else does either happen. */

function newPulletCommand(factory: Factory): Command {
  const program = new Command('pullet')
    .description('Kubernetes clusters registered with a hub and kept in the state they should be in, in pull mode.')
    .version(VERSION, '-V, --version')
    .helpCommand(false)
    .addHelpText(
      'after',
      '\nTry it without a cluster:\n  pullet demo\n\nMore about a command:\n  pullet COMMAND --help',
    );
  program.commandsGroup('Try it:').addCommand(newDemoCommand(factory));
  program
    .commandsGroup('Run it:')
    .addCommand(newHubCommand(factory))
    .addCommand(newAgentCommand(factory))
    .addCommand(newInitCommand(factory));
  program
    .commandsGroup('Clusters come and go:')
    .addCommand(newTokenCommand(factory))
    .addCommand(newApproveCommand(factory))
    .addCommand(newRejectCommand(factory))
    .addCommand(newRegisterCommand(factory))
    .addCommand(newUnregisterCommand(factory))
    .addCommand(newCertCommand(factory))
    .addCommand(newDoctorCommand(factory))
    .addCommand(newJoinCommand(factory))
    .addCommand(newUnjoinCommand(factory))
    .addCommand(newRotateCredentialsCommand(factory));
  program
    .commandsGroup('Look and steer:')
    .addCommand(newGetCommand(factory))
    .addCommand(newDescribeCommand(factory))
    .addCommand(newDiffCommand(factory))
    .addCommand(newEditCommand(factory))
    .addCommand(newCordonCommand(factory))
    .addCommand(newUncordonCommand(factory))
    .addCommand(newTaintCommand(factory))
    .addCommand(newPruneCommand(factory))
    .addCommand(newAdoptCommand(factory))
    .addCommand(newHelpCommand(factory));
  return configure(program, factory);
}

/** `pullet help token create` is `pullet token create --help`, for a command that has its own table of flags too. */
function newHelpCommand(factory: Factory): Command {
  return new Command('help')
    .description('Show the help of a command')
    .argument('[command...]', 'its words')
    .action(async (words: string[]) => {
      const program = newPulletCommand(factory);
      requireKnown(program, words);
      await program.parseAsync([...words, '--help'], { from: 'user' });
    });
}

function requireKnown(command: Command, [word, ...rest]: string[]): void {
  if (word === undefined || command.commands.length === 0) return;
  const next = command.commands.find((child) => child.name() === word);
  if (!next) throw new UsageError(`unknown command '${word}'\nSee \`${pathOf(command)} --help\`.`);
  requireKnown(next, rest);
}

/** Every command throws instead of ending the process, and writes through the factory's streams. */
function configure(command: Command, factory: Factory): Command {
  command
    .exitOverride()
    .configureHelp({ optionDescription, formatItem, subcommandTerm: (child) => child.name() })
    .configureOutput({ writeOut: factory.streams.out, writeErr: factory.streams.err })
    .showHelpAfterError(`See \`${pathOf(command)} --help\`.`)
    .showSuggestionAfterError();
  for (const child of command.commands) configure(child, factory);
  return command;
}

/** What is off, or empty, unless it is given goes without saying; a text stands as it would be typed. */
function optionDescription(option: Option): string {
  const { defaultValue, defaultValueDescription, description } = option;
  const isUnset = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
  if (isUnset) return description;
  if (typeof defaultValue === 'string' && !defaultValueDescription) return `${description} (default: ${defaultValue})`;
  return new Help().optionDescription(option);
}

const MEANING_INDENT = 8;

/** Beside each other as far as there is room for both on a terminal of 80 columns, else what it means stands below, as with the flags of the hub. */
function formatItem(term: string, termWidth: number, description: string, help: Help): string {
  const columns = help.helpWidth ?? 80;
  const isRoomy = columns - termWidth - 4 >= help.minWidthToWrap;
  if (isRoomy) return new Help().formatItem.call(help, term, termWidth, description, help);
  const meaning = help.boxWrap(description, columns - MEANING_INDENT);
  return `  ${term}\n${meaning.replaceAll(/^/gm, ' '.repeat(MEANING_INDENT))}`;
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** Runs one command line (without `node` and the script); resolves to the exit code. */
export async function runPullet(args: string[], factory: Factory): Promise<number> {
  try {
    await newPulletCommand(factory).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const text = factory.signal.aborted ? '' : await words(error, factory);
    if (!factory.signal.aborted) factory.streams.err(text);
    return exitCodeOf(error, factory.signal);
  } finally {
    await factory.close();
  }
}

async function words(error: unknown, factory: Factory): Promise<string> {
  const why = await factory.whyRefused?.(error);
  return `${errorText(error)}\n${why ? `${why}\n` : ''}`;
}
