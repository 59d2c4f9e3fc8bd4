import { Command } from 'commander';
import { BOOTSTRAP_TOKEN_NAMESPACE, BOOTSTRAP_TOKEN_SECRET_TYPE } from '../../shared/apis/bootstrap/token.ts';
import { secrets } from '../../shared/apis/core/v1.ts';
import { shortHumanDuration } from '../../shared/apis/duration.ts';
import {
  type BootstrapTokenRecord,
  readBootstrapTokenSecret,
  type TokenLimits,
} from '../../shared/pki/bootstrap-token.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, hubFlags } from '../flags.ts';
import { formatTable } from '../printers/table.ts';

/** `pullet token list`: the tokens that exist, secrets included, as kubeadm and karmadactl show them to who may read them. */

export interface TokenListOptions {
  hub: HubFlags;
}

export function newTokenListCommand(factory: Factory): Command {
  const command = new Command('list').description('List the bootstrap tokens of the hub').addHelpText(
    'after',
    `
Examples:
  pullet token list`,
  );
  addHubFlags(command);
  return command.action(async (flags) => runTokenList({ hub: hubFlags(flags) }, factory));
}

export async function runTokenList(options: TokenListOptions, factory: Factory): Promise<void> {
  const client = await factory.hubClient(options.hub);
  const { items } = await client.list(secrets, {
    namespace: BOOTSTRAP_TOKEN_NAMESPACE,
    fieldSelector: `type=${BOOTSTRAP_TOKEN_SECRET_TYPE}`,
  });
  const tokens = items.map(readBootstrapTokenSecret).filter((token) => token !== undefined);
  const headers = ['TOKEN', 'TTL', 'EXPIRES', 'USAGES', 'DESCRIPTION', 'EXTRA GROUPS', 'LIMITS', 'USED BY'];
  factory.streams.out(
    formatTable(
      headers,
      tokens.map((token) => row(token, factory.clock.now())),
    ),
  );
}

function limitTexts({ clusterName, isSingleUse, requiresApproval, isReplacing }: TokenLimits): string[] {
  return [
    ...(clusterName === undefined ? [] : [`cluster-name=${clusterName}`]),
    ...(isSingleUse ? ['single-use'] : []),
    ...(requiresApproval ? ['require-approval'] : []),
    ...(isReplacing ? ['replace'] : []),
  ];
}

function row(record: BootstrapTokenRecord, now: number): string[] {
  const { token, expiresAt, usages, description, groups } = record;
  return [
    `${token.id}.${token.secret}`,
    expiresAt === undefined ? '<forever>' : shortHumanDuration(expiresAt - now),
    expiresAt === undefined ? '<never>' : new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    usages.join(',') || '<none>',
    description || '<none>',
    groups.join(',') || '<none>',
    limitTexts(record.limits ?? {}).join(',') || '<none>',
    record.usedBy?.join(',') ?? '<nobody>',
  ];
}
