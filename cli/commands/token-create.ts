import { Command } from 'commander';
import { serverOfClusterInfo } from '../../services/install/cluster-info.ts';
import { isKarmadaControlPlane } from '../../services/install/karmada-control-plane.ts';
import { unreachableBecause } from '../../services/install/reachable-address.ts';
import {
  BOOTSTRAP_GROUP_PATTERN,
  type BootstrapToken,
  CLUSTER_INFO_NAME,
  CLUSTER_INFO_NAMESPACE,
  KARMADA_TOKEN_GROUP,
  PULLET_TOKEN_GROUP,
} from '../../shared/apis/bootstrap/token.ts';
import { clusters, validateClusterName } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, secrets } from '../../shared/apis/core/v1.ts';
import { isNotFound, isStatusError } from '../../shared/apis/meta/status-error.ts';
import { groupResource } from '../../shared/apis/resource-type.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import {
  newBootstrapToken,
  newBootstrapTokenSecret,
  type TokenLimits,
  type TokenUsage,
} from '../../shared/pki/bootstrap-token.ts';
import { caPins } from '../../shared/pki/ca-pin.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, collectList, durationOption, hubFlags } from '../flags.ts';
import { UsageError } from '../usage-error.ts';

/** `pullet token create`: a new bootstrap token, or the whole register command. */

const KNOWN_USAGES: readonly TokenUsage[] = ['signing', 'authentication'];
const isUsage = (text: string): text is TokenUsage => KNOWN_USAGES.some((usage) => usage === text);

export interface TokenCreateOptions {
  hub: HubFlags;
  /** 0: never ends. */
  ttlMs: number;
  usages: string[];
  /** Absent: the group that the hub's approver trusts. */
  groups?: string[];
  description?: string;
  printRegisterCommand: boolean;
  limits?: TokenLimits;
}

export function newTokenCreateCommand(factory: Factory): Command {
  const command = new Command('create')
    .description('Make a bootstrap token on the hub')
    .addOption(durationOption('--ttl <duration>', 'how long it lasts, e.g. 30m or 24h; 0 for ever', '24h'))
    .option('--description <text>', 'what it is for, shown by `pullet token list`')
    .option(
      '--print-register-command',
      'print the command to run against the new member instead of the bare token',
      false,
    )
    .option('--cluster-name <name>', 'let only the cluster of this name join')
    .option('--single-use', 'end it once one cluster has joined with it', false)
    .option('--require-approval', 'let each join wait for `pullet approve`', false)
    .option(
      '--replace',
      'with --cluster-name: give that name to the joiner and end the credential that has it now; implies --single-use',
      false,
    )
    .option('--usages <usages>', `what it may be used for (default: ${KNOWN_USAGES.join(',')})`, collectList)
    .option(
      '--groups <groups>',
      'groups that its bearer is in (default: the one that the hub lets register)',
      collectList,
    )
    .addHelpText(
      'after',
      `
Examples:
  pullet token create
  pullet token create --ttl 30m --description "store 17" --print-register-command

  # For one cluster and one join
  pullet token create --cluster-name store17 --single-use --print-register-command

  # For a member that was rebuilt, or whose credential was revoked
  pullet token create --cluster-name store17 --replace --print-register-command`,
    );
  addHubFlags(command);
  command.action(async (flags) => {
    await runTokenCreate(
      {
        hub: hubFlags(flags),
        ttlMs: flags.ttl,
        usages: flags.usages ?? [...KNOWN_USAGES],
        groups: flags.groups,
        description: flags.description,
        printRegisterCommand: flags.printRegisterCommand,
        ...limitsOf(flags),
      },
      factory,
    );
  });
  return command;
}

interface LimitFlags {
  clusterName?: string;
  singleUse: boolean;
  requireApproval: boolean;
  replace: boolean;
}

function limitsOf({ clusterName, singleUse, requireApproval, replace }: LimitFlags): { limits?: TokenLimits } {
  const limits: TokenLimits = {
    ...(clusterName === undefined ? {} : { clusterName }),
    // Used twice, it would end the credential that it has just given.
    ...(singleUse || replace ? { isSingleUse: true } : {}),
    ...(requireApproval ? { requiresApproval: true } : {}),
    ...(replace ? { isReplacing: true } : {}),
  };
  return Object.keys(limits).length === 0 ? {} : { limits };
}

function validateLimits({ clusterName, isReplacing }: TokenLimits): void {
  const wrong = clusterName === undefined ? undefined : validateClusterName(clusterName);
  if (wrong !== undefined) throw new UsageError(`invalid value "${clusterName}" for --cluster-name: ${wrong}`);
  if (isReplacing && clusterName === undefined) {
    throw new UsageError('--replace needs --cluster-name: say which cluster is to be replaced');
  }
}

function validate(options: TokenCreateOptions): void {
  validateLimits(options.limits ?? {});
  const unknown = options.usages.find((usage) => !isUsage(usage));
  if (unknown !== undefined) {
    throw new UsageError(`invalid value "${unknown}" for --usages: must be some of ${KNOWN_USAGES.join(', ')}`);
  }
  const group = options.groups?.find((name) => !BOOTSTRAP_GROUP_PATTERN.test(name));
  if (group !== undefined) {
    throw new UsageError(`invalid value "${group}" for --groups: must match ${BOOTSTRAP_GROUP_PATTERN.source}`);
  }
}

export async function runTokenCreate(options: TokenCreateOptions, factory: Factory): Promise<void> {
  validate(options);
  // Whatever can fail is done before the token exists, so that none is left behind.
  const client = await factory.hubClient(options.hub);
  await requireHub(client);
  const command = options.printRegisterCommand ? await registerCommand(options, factory) : undefined;
  const isKarmada = await isKarmadaControlPlane(client);
  if (isKarmada && options.limits) {
    throw new Error('a Karmada control plane does not know limits of tokens: make the token without them');
  }
  const defaultGroup = isKarmada ? KARMADA_TOKEN_GROUP : PULLET_TOKEN_GROUP;
  const token: BootstrapToken = newBootstrapToken();
  await client.create(
    secrets,
    newBootstrapTokenSecret({
      token,
      usages: options.usages.filter(isUsage),
      groups: options.groups ?? [defaultGroup],
      description: options.description ?? '',
      ...(options.limits ? { limits: options.limits } : {}),
      ...(options.ttlMs > 0 ? { expiresAt: factory.clock.now() + options.ttlMs } : {}),
    }),
  );
  const text = `${token.id}.${token.secret}`;
  factory.streams.out(`${command ? command(text) : text}\n`);
  if (command) factory.streams.err('Run it with the kubeconfig of the new member, not of the hub: --kubeconfig FILE\n');
}

/** A token that is made elsewhere is a credential there, and of use to nobody. */
async function requireHub(client: KubeClient): Promise<void> {
  const path = `/apis/${clusters.group}/${clusters.version}`;
  await client.raw({ method: 'GET', path }).catch((error: unknown) => {
    // Who may not ask may still be right; a hub that does not answer is not waited for twice.
    if (!isStatusError(error)) throw error;
    if (!isNotFound(error)) return;
    throw new Error(
      `this cluster is no hub: it does not serve ${groupResource(clusters)}\n` +
        'See that --kubeconfig, or KUBECONFIG, names the one of the hub; `pullet init` makes a cluster a hub.',
    );
  });
}

/** The register command as a function of the token. Throws if the kubeconfig does not say what the command must contain. */
async function registerCommand(options: TokenCreateOptions, factory: Factory): Promise<(token: string) => string> {
  const { server: own, caPem } = await factory.hubEndpoint(options.hub);
  const server = await serverForMembers(own, options, factory);
  if (!caPem) {
    throw new Error(
      `the kubeconfig of the hub has no certificate-authority-data for ${own}, so that no pin can be made of it: ` +
        'add it, or run without --print-register-command',
    );
  }
  const pins = caPins(caPem).join(',');
  const endpoint = server.replace(/^https:\/\//, '').replace(/\/$/, '');
  const name = options.limits?.clusterName;
  const forName = name === undefined ? '' : ` --cluster-name ${name}`;
  return (token) => `pullet register ${endpoint} --token ${token} --discovery-token-ca-cert-hash ${pins}${forName}`;
}

/** Where the kubeconfig names an address that is of use on this machine only, what the hub tells newcomers is better. */
async function serverForMembers(own: string, { hub }: TokenCreateOptions, factory: Factory): Promise<string> {
  const host = URL.canParse(own) ? new URL(own).hostname.replace(/^\[|\]$/g, '') : '';
  if (unreachableBecause(host) === undefined) return own;
  const client = await factory.hubClient(hub);
  const key = { namespace: CLUSTER_INFO_NAMESPACE, name: CLUSTER_INFO_NAME };
  const told = await client.get(configMaps, key).then(serverOfClusterInfo, () => '');
  return told === '' ? own : told;
}
