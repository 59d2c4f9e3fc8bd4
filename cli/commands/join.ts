import { Command } from 'commander';
import { CLUSTER_NAMESPACE, type Cluster, clusters, validateClusterName } from '../../shared/apis/cluster/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Factory, HubFlags, MemberFlags } from '../factory.ts';
import {
  addHubFlags,
  addImpersonationFlags,
  booleanFlag,
  choiceFlag,
  collectList,
  hubFlags,
  impersonationFlags,
} from '../flags.ts';
import { RUN_AGAIN, tellingHowToGoOn } from '../interrupted.ts';
import {
  bringUpToDate,
  isUnfinished,
  newPushCluster,
  type PushCluster,
  storeCredentials,
  tieCredentials,
  tokenData,
} from '../push-cluster.ts';
import { UsageError } from '../usage-error.ts';
import {
  CREDENTIALS_HELP,
  CREDENTIALS_KINDS,
  type CredentialsKind,
  refuseKubeconfigForKarmada,
  verifiedKubeconfig,
} from '../verified-kubeconfig.ts';
import { verifiedToken } from '../verified-token.ts';
import { memberId } from '../verify-member.ts';

/** `pullet join`: registers a cluster in push mode, in which the hub reaches the member with credentials that join makes there. */

export interface JoinOptions extends PushCluster {
  hub: HubFlags;
  member: MemberFlags;
  dryRun: boolean;
  /** What the hub gets: the token of an account that is made in the member (if absent), or the kubeconfig itself. */
  credentials?: CredentialsKind;
}

export function newJoinCommand(factory: Factory): Command {
  const command = new Command('join')
    .description('Register a cluster in push mode: the hub dials the member')
    .argument('<cluster>', 'name that the cluster gets')
    .requiredOption('--cluster-kubeconfig <file>', 'kubeconfig of the member')
    .option('--cluster-context <name>', 'context of that kubeconfig (default: its current one)')
    .option('--cluster-namespace <namespace>', 'where the credentials are kept', CLUSTER_NAMESPACE)
    .option('--cluster-provider <provider>', 'provider of the cluster, for scheduling')
    .option('--cluster-region <region>', 'region of the cluster, for scheduling')
    .option('--cluster-zones <zones>', 'zones of the cluster, for scheduling', collectList)
    .option('--credentials <kind>', CREDENTIALS_HELP, choiceFlag('--credentials', CREDENTIALS_KINDS), 'service-account')
    .option('--dry-run [bool]', 'check everything, change nothing', booleanFlag('--dry-run'), false)
    .addHelpText('after', '\nExamples:\n  pullet join member1 --cluster-kubeconfig member1.kubeconfig');
  addImpersonationFlags(addHubFlags(command));
  return command.action(async (cluster: string, flags) => {
    const run = () =>
      runJoin(
        {
          hub: { ...hubFlags(flags), ...impersonationFlags(flags) },
          member: { kubeconfig: flags.clusterKubeconfig, context: flags.clusterContext },
          cluster,
          clusterNamespace: flags.clusterNamespace,
          provider: flags.clusterProvider,
          region: flags.clusterRegion,
          zones: flags.clusterZones ?? [],
          dryRun: flags.dryRun,
          credentials: flags.credentials,
        },
        factory,
      );
    const takeBack = `\`pullet unjoin ${cluster} --cluster-kubeconfig ${flags.clusterKubeconfig}\` takes back what it has made`;
    await (flags.dryRun ? run() : tellingHowToGoOn(factory, `${RUN_AGAIN}; or ${takeBack}`, run));
  });
}

export async function runJoin(options: JoinOptions, factory: Factory): Promise<void> {
  const invalid = validateClusterName(options.cluster);
  if (invalid) throw new UsageError(`invalid cluster name(${options.cluster}): ${invalid}`);
  const hub = await factory.hubClient(options.hub);
  if (options.credentials === 'kubeconfig') await refuseKubeconfigForKarmada(hub);
  const member = await factory.memberClient(options.member);
  const endpoint = await factory.memberEndpoint(options.member);
  const id = await memberId(member, endpoint, factory.clock);
  const unfinished = await checkFree(hub, options, id);
  if (options.dryRun) return;
  const { cluster, clusterNamespace: namespace } = options;
  const access = { client: member, cluster, namespace, clock: factory.clock, signal: factory.signal };
  const credentials =
    options.credentials === 'kubeconfig'
      ? await verifiedKubeconfig(options.member, factory)
      : tokenData(await verifiedToken(access, endpoint, factory));
  await storeCredentials(hub, options, credentials);
  const hasImpersonator = credentials.impersonatorToken !== undefined;
  const wanted = newPushCluster(options, endpoint, { id, hasImpersonator });
  const created = unfinished ? await bringUpToDate(hub, unfinished, wanted) : await hub.create(clusters, wanted);
  await tieCredentials(hub, options, created);
  if (hasPassword(endpoint.proxyUrl)) factory.streams.err(PASSWORD_IN_CLUSTER);
  factory.streams.out(`cluster(${options.cluster}) is joined successfully\n`);
}

const PASSWORD_IN_CLUSTER =
  'warning: the proxy-url of the kubeconfig has a password, and is now in spec.proxyURL of the Cluster, for everybody who may read Clusters\n';

function hasPassword(url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && new URL(url).password !== '';
}

/** Neither the name nor the cluster may be registered already, but for what an interrupted join of it has left unfinished. */
async function checkFree(hub: KubeClient, options: JoinOptions, id: string): Promise<Cluster | undefined> {
  const { cluster: name } = options;
  const { items } = await hub.list(clusters);
  const taken = items.find((cluster) => cluster.metadata.name === name || cluster.spec.id === id);
  if (!taken) return undefined;
  if (taken.metadata.name === name && taken.spec.id === id && (await isUnfinished(hub, options, taken))) return taken;
  throw new Error(
    `the cluster ID ${id} or the cluster name ${name} has been registered (as cluster ${taken.metadata.name}): ` +
      `remove that one first with \`pullet ${taken.spec.syncMode === 'Pull' ? 'unregister' : 'unjoin'} ${taken.metadata.name}\``,
  );
}
