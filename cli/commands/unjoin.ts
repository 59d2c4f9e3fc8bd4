import { Command } from 'commander';
import { CLUSTER_NAMESPACE, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { secrets } from '../../shared/apis/core/v1.ts';
import { isStatusError } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { deleteIfPresent, getIfPresent } from '../../shared/client/ensure-object.ts';
import { KubeconfigError } from '../../shared/client/kubeconfig-file.ts';
import { TransportError } from '../../shared/client/transport.ts';
import type { Factory, HubFlags, MemberFlags } from '../factory.ts';
import { addHubFlags, booleanFlag, durationOption, hubFlags } from '../flags.ts';
import { removeByForce } from '../forced-unjoin.ts';
import { RUN_AGAIN, tellingHowToGoOn } from '../interrupted.ts';
import { removeMemberCredentials } from '../member-credentials.ts';
import { pollUntil } from '../poll.ts';

/** `pullet unjoin`: takes a push-mode cluster off the hub, and what join made out of the member. */

export interface UnjoinOptions {
  hub: HubFlags;
  /** Absent: the member is left as it is. */
  member?: MemberFlags;
  cluster: string;
  clusterNamespace: string;
  waitMs: number;
  /** On time-out go on without the member; says what stays behind. */
  force: boolean;
  dryRun: boolean;
}

/** For the hub to finish what was held up. */
const FORCED_WAIT_MS = 5000;

export function newUnjoinCommand(factory: Factory): Command {
  const command = new Command('unjoin')
    .description('Remove a push-mode cluster from the hub')
    .argument('<cluster>', 'name of the cluster')
    .option('--cluster-kubeconfig <file>', 'kubeconfig of the member, to take out what join made there')
    .option(
      '--cluster-context <name>',
      'context of that kubeconfig (default: the one named like the cluster, else its current one)',
    )
    .option('--cluster-namespace <namespace>', 'where the credentials are kept', CLUSTER_NAMESPACE)
    .addOption(durationOption('--wait <duration>', 'how long to wait for the cluster to be gone', '60s'))
    .option(
      '--force [bool]',
      'when the time is up go on without the member; says what stays behind',
      booleanFlag('--force'),
      false,
    )
    .option('--dry-run [bool]', 'check everything, change nothing', booleanFlag('--dry-run'), false)
    .addHelpText('after', '\nExamples:\n  pullet unjoin member1 --cluster-kubeconfig member1.kubeconfig');
  addHubFlags(command);
  return command.action(async (cluster: string, flags) => {
    const member = { kubeconfig: flags.clusterKubeconfig, context: flags.clusterContext };
    const run = () =>
      runUnjoin(
        {
          hub: hubFlags(flags),
          ...(flags.clusterKubeconfig ? { member } : {}),
          cluster,
          clusterNamespace: flags.clusterNamespace,
          waitMs: flags.wait,
          force: flags.force,
          dryRun: flags.dryRun,
        },
        factory,
      );
    await (flags.dryRun ? run() : tellingHowToGoOn(factory, RUN_AGAIN, run));
  });
}

export async function runUnjoin(options: UnjoinOptions, factory: Factory): Promise<void> {
  const hub = await factory.hubClient(options.hub);
  const isThere = await checkIsPush(hub, options, factory.signal);
  // Read before anything is removed; who uses force goes on without it.
  if (options.member && !options.force) await memberClient(options.member, options.cluster, factory);
  if (options.dryRun) return;
  if (isThere) await removeCluster(hub, options, factory);
  for (const name of [options.cluster, `${options.cluster}-impersonator`]) {
    await deleteIfPresent(hub, secrets, { namespace: options.clusterNamespace, name }, factory.signal);
  }
  await cleanMember(options, factory);
  factory.streams.out(`cluster(${options.cluster}) is unjoined successfully\n`);
}

async function removeCluster(hub: KubeClient, options: UnjoinOptions, factory: Factory): Promise<void> {
  await deleteIfPresent(hub, clusters, { name: options.cluster }, factory.signal);
  if (!(await untilGone(hub, options, factory, options.waitMs))) await goOnByForce(hub, options, factory);
}

/** False when the time is up and force was asked for; throws when the time is up without. */
async function untilGone(
  hub: KubeClient,
  { cluster, force }: UnjoinOptions,
  { clock, signal }: Factory,
  deadlineMs: number,
): Promise<boolean> {
  const waitingFor =
    `cluster ${cluster} to be gone (its Works are removed from the member first; kubectl describe cluster ${cluster} says more; ` +
    '--force goes on without the member)';
  try {
    return await pollUntil({ clock, signal, everyMs: 500, deadlineMs, waitingFor }, async () =>
      (await getIfPresent(hub, clusters, { name: cluster }, signal)) ? undefined : true,
    );
  } catch (error) {
    if (!force || signal.aborted || isStatusError(error) || error instanceof TransportError) throw error;
    return false;
  }
}

async function goOnByForce(hub: KubeClient, options: UnjoinOptions, factory: Factory): Promise<void> {
  const { cluster } = options;
  const warn = (text: string): void => factory.streams.err(`warning: ${text}`);
  warn(`cluster ${cluster} is not gone in time: it is removed without the member\n`);
  const left = await removeByForce({
    ...{ hub, cluster, warn },
    untilGone: () => untilGone(hub, options, factory, FORCED_WAIT_MS),
  });
  if (left.length > 0) warn(`these objects stay in the member:\n${left.map((object) => `  ${object}\n`).join('')}`);
}

async function cleanMember(options: UnjoinOptions, factory: Factory): Promise<void> {
  const { cluster, clusterNamespace: namespace, member, force } = options;
  const staying = `what join made there stays: namespace ${namespace}, ClusterRole and ClusterRoleBinding karmada-controller-manager:karmada-${cluster}`;
  if (!member) {
    factory.streams.err(`no --cluster-kubeconfig was given: ${staying}\n`);
    return;
  }
  const { clock, signal } = factory;
  try {
    const client = await memberClient(member, cluster, factory);
    await removeMemberCredentials({ client, cluster, namespace, clock, signal });
  } catch (error) {
    const what = `the member could not be cleaned (${(error as Error).message}): ${staying}`;
    if (signal.aborted) throw error;
    if (!force) throw new Error(`${what}; the cluster is off the hub: run this again with --force for the rest`);
    factory.streams.err(`warning: ${what}\n`);
  }
}

/** As karmadactl has it, the context is called like the cluster unless another is given. */
async function memberClient(member: MemberFlags, cluster: string, factory: Factory): Promise<KubeClient> {
  if (member.context !== undefined) return factory.memberClient(member);
  return factory.memberClient({ ...member, context: cluster }).catch((error: unknown) => {
    if (!(error instanceof KubeconfigError)) throw error;
    return factory.memberClient(member);
  });
}

/** False if it is not there and force was asked for: what an unjoin left that could not be finished is then still taken away. */
async function checkIsPush(
  hub: KubeClient,
  { cluster: name, force }: UnjoinOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const cluster = await getIfPresent(hub, clusters, { name }, signal);
  if (!cluster && !force) throw new Error(`no cluster object ${name} found in karmada control Plane`);
  if (cluster?.spec.syncMode !== 'Pull') return cluster !== undefined;
  throw new Error(
    `cluster ${name} is a Pull mode member cluster, please use command \`unregister\` if you want to continue unregistering the cluster`,
  );
}
