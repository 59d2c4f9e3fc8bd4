import { Command } from 'commander';
import { AGENT_NAMESPACE, CLUSTER_NAMESPACE } from '../../shared/apis/cluster/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import { accessFromText } from '../../shared/client/kubeconfig.ts';
import type { Factory, HubFlags, MemberFlags } from '../factory.ts';
import { booleanFlag, durationOption } from '../flags.ts';
import { RUN_AGAIN, tellingHowToGoOn } from '../interrupted.ts';
import { UsageError } from '../usage-error.ts';

/** `pullet unregister`: takes a pull-mode cluster off its hub and the agent out of the member. Flags and defaults are karmadactl's. */

export interface UnregisterCommandOptions {
  cluster: string;
  /** Absent only with `force`: the member is gone. */
  member?: MemberFlags;
  /** Absent: the agent's own credentials, read from the member. */
  hub?: HubFlags;
  namespace: string;
  agentName: string;
  clusterNamespace: string;
  waitMs: number;
  force: boolean;
  keepWorkloads: boolean;
  dryRun: boolean;
}

interface UnregisterFlags {
  clusterKubeconfig?: string;
  clusterContext?: string;
  karmadaConfig?: string;
  karmadaContext?: string;
  namespace: string;
  agentName: string;
  clusterNamespace: string;
  wait: number;
  force: boolean;
  keepWorkloads: boolean;
  dryRun: boolean;
}

export function newUnregisterCommand(factory: Factory): Command {
  const command = new Command('unregister')
    .description('Remove a pull-mode cluster from its hub, and the agent from the cluster')
    .argument('<cluster>', 'name of the cluster')
    .option('--cluster-kubeconfig <file>', 'kubeconfig of the member (required, but with --force if it is gone)')
    .option('--cluster-context <name>', 'context of that kubeconfig (default: its current one)')
    .option('--karmada-config <file>', "kubeconfig of the hub (default: the agent's own credentials, from the member)")
    .option('--karmada-context <name>', 'context of that kubeconfig (default: its current one)')
    .option('-n, --namespace <namespace>', 'namespace of the agent in the member', AGENT_NAMESPACE)
    .option('--agent-name <name>', "the agent's Deployment or DaemonSet", 'karmada-agent')
    .option('--cluster-namespace <namespace>', 'namespace of the lease on the hub', CLUSTER_NAMESPACE)
    .addOption(durationOption('--wait <duration>', 'how long to wait for Works and Cluster to be gone', '60s'))
    .option(
      '--force [bool]',
      'go on without the agent, or without the member; says what stays behind',
      booleanFlag('--force'),
      false,
    )
    .option(
      '--keep-workloads [bool]',
      'leave what was delivered in the member, without the marks of delivery',
      booleanFlag('--keep-workloads'),
      false,
    )
    .option('--dry-run [bool]', 'say what would be removed, change nothing', booleanFlag('--dry-run'), false)
    .addHelpText(
      'after',
      `
Examples:
  pullet unregister member1 --cluster-kubeconfig member1.kubeconfig --karmada-config hub.kubeconfig
  pullet unregister member1 --karmada-config hub.kubeconfig --force      # the member is gone

  # Everything goes on running in the member, and belongs to nobody then
  pullet unregister member1 --cluster-kubeconfig member1.kubeconfig --keep-workloads`,
    );
  return command.action(async (cluster: string, flags: UnregisterFlags) =>
    flags.dryRun
      ? runUnregister(optionsOf(cluster, flags), factory)
      : tellingHowToGoOn(factory, RUN_AGAIN, () => runUnregister(optionsOf(cluster, flags), factory)),
  );
}

function optionsOf(cluster: string, flags: UnregisterFlags): UnregisterCommandOptions {
  const { clusterKubeconfig, clusterContext, karmadaConfig, karmadaContext, wait, ...rest } = flags;
  const member = { kubeconfig: clusterKubeconfig ?? '', ...(clusterContext ? { context: clusterContext } : {}) };
  const hub = { kubeconfig: karmadaConfig ?? '', ...(karmadaContext ? { karmadaContext } : {}) };
  return {
    ...rest,
    cluster,
    waitMs: wait,
    ...(clusterKubeconfig ? { member } : {}),
    ...(karmadaConfig ? { hub } : {}),
  };
}

export async function runUnregister(options: UnregisterCommandOptions, factory: Factory): Promise<void> {
  if (!options.member && !options.force) {
    throw new UsageError('--cluster-kubeconfig is required; if the member is gone for good, add --force');
  }
  const { unregister } = await import('../../agent/register/unregister.ts');
  const { cluster, member, hub, force, dryRun, keepWorkloads, ...rest } = options;
  await unregister(
    { ...rest, clusterName: cluster, isForced: force, isDryRun: dryRun, keepsWorkloads: keepWorkloads },
    {
      ...(member ? { member: await factory.memberClient(member) } : {}),
      ...(hub ? { hub: await factory.hubClient(hub) } : {}),
      newHubClient: clientOfText,
      print: (line) => factory.streams.out(`${line}\n`),
      clock: factory.clock,
    },
    factory.signal,
  );
}

/** A client from a kubeconfig that is not a file. */
async function clientOfText(kubeconfig: string): Promise<KubeClient> {
  const { transport } = await accessFromText(kubeconfig, "the agent's kubeconfig");
  return newKubeClient({ transport: newHttpTransport(transport), userAgent: 'pullet' });
}
