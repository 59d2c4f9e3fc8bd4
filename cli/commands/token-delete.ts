import { Command } from 'commander';
import {
  BOOTSTRAP_TOKEN_NAMESPACE,
  BOOTSTRAP_TOKEN_SECRET_PREFIX,
  isBootstrapTokenId,
  parseBootstrapToken,
} from '../../shared/apis/bootstrap/token.ts';
import { secrets } from '../../shared/apis/core/v1.ts';
import { deleteIfPresent } from '../../shared/client/ensure-object.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, hubFlags } from '../flags.ts';
import { UsageError } from '../usage-error.ts';

/** `pullet token delete`: ends tokens by id or by full text. */

export interface TokenDeleteOptions {
  hub: HubFlags;
  tokens: string[];
}

export function newTokenDeleteCommand(factory: Factory): Command {
  const command = new Command('delete')
    .description('End bootstrap tokens')
    .argument('<tokens...>', 'ids (6 characters) or whole tokens')
    .addHelpText(
      'after',
      `
Examples:
  pullet token delete abcdef
  pullet token delete abcdef ghijkl`,
    );
  addHubFlags(command);
  return command.action(async (tokens: string[], flags) => runTokenDelete({ hub: hubFlags(flags), tokens }, factory));
}

export async function runTokenDelete(options: TokenDeleteOptions, factory: Factory): Promise<void> {
  const ids = options.tokens.map(tokenId);
  const client = await factory.hubClient(options.hub);
  for (const id of ids) {
    const key = { namespace: BOOTSTRAP_TOKEN_NAMESPACE, name: `${BOOTSTRAP_TOKEN_SECRET_PREFIX}${id}` };
    if (!(await deleteIfPresent(client, secrets, key, factory.signal)))
      throw new Error(`there is no bootstrap token "${id}": \`pullet token list\` shows those that exist`);
    factory.streams.out(`bootstrap token "${id}" deleted\n`);
  }
}

/** Never repeats what was typed: it may be a secret. */
function tokenId(text: string): string {
  if (isBootstrapTokenId(text)) return text;
  const token = parseBootstrapToken(text);
  if (!token)
    throw new UsageError(
      'given token didn\'t match pattern "\\A([a-z0-9]{6})\\z" or "\\A([a-z0-9]{6})\\.([a-z0-9]{16})\\z"',
    );
  return token.id;
}
