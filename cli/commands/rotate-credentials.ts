import { Command } from 'commander';
import { CLUSTER_NAMESPACE, type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { secrets } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { randomCharacters } from '../../shared/pki/bootstrap-token.ts';
import type { Factory, HubFlags, MemberFlags } from '../factory.ts';
import { addHubFlags, addImpersonationFlags, booleanFlag, choiceFlag, hubFlags, impersonationFlags } from '../flags.ts';
import { accountName, removeTokens, tokenSecrets } from '../member-credentials.ts';
import { type HubCredentials, replaceCredentials, tokenData } from '../push-cluster.ts';
import {
  anotherCluster,
  CREDENTIALS_HELP,
  CREDENTIALS_KINDS,
  type CredentialsKind,
  refuseKubeconfigForKarmada,
  verifiedKubeconfig,
} from '../verified-kubeconfig.ts';
import { verifiedToken } from '../verified-token.ts';
import { memberId } from '../verify-member.ts';

/** `pullet rotate-credentials`: gives the hub other credentials for a push-mode cluster, tried first; what the hub does there goes on. */

export interface RotateCredentialsOptions {
  hub: HubFlags;
  member: MemberFlags;
  cluster: string;
  /** Absent: of the kind that the hub has. */
  credentials?: CredentialsKind;
  dryRun: boolean;
}

/** The hub takes the new token up within a moment; the former one is good until then. */
const GRACE_MS = 5000;

export function newRotateCredentialsCommand(factory: Factory): Command {
  const command = new Command('rotate-credentials')
    .description('Replace the credentials with which the hub reaches a push-mode cluster')
    .argument('<cluster>', 'name of the cluster')
    .requiredOption('--cluster-kubeconfig <file>', 'kubeconfig of the member')
    .option('--cluster-context <name>', 'context of that kubeconfig (default: its current one)')
    .option(
      '--credentials <kind>',
      `${CREDENTIALS_HELP} (default: as it is)`,
      choiceFlag('--credentials', CREDENTIALS_KINDS),
    )
    .option('--dry-run [bool]', 'check everything, change nothing', booleanFlag('--dry-run'), false)
    .addHelpText(
      'after',
      '\nExamples:\n  pullet rotate-credentials member1 --cluster-kubeconfig member1.kubeconfig --credentials kubeconfig',
    );
  addImpersonationFlags(addHubFlags(command));
  return command.action(async (cluster: string, flags) => {
    await runRotateCredentials(
      {
        hub: { ...hubFlags(flags), ...impersonationFlags(flags) },
        member: { kubeconfig: flags.clusterKubeconfig, context: flags.clusterContext },
        cluster,
        ...(flags.credentials ? { credentials: flags.credentials } : {}),
        dryRun: flags.dryRun,
      },
      factory,
    );
  });
}

export async function runRotateCredentials(options: RotateCredentialsOptions, factory: Factory): Promise<void> {
  const hub = await factory.hubClient(options.hub);
  const cluster = await hub.get(clusters, { name: options.cluster });
  const key = secretOf(cluster);
  const kind = options.credentials ?? (await kindOf(hub, key));
  if (kind === 'kubeconfig') await refuseKubeconfigForKarmada(hub);
  const rotated =
    kind === 'kubeconfig' ? await newKubeconfig(options, cluster, factory) : await newToken(options, cluster, factory);
  if (!options.dryRun) await replaceCredentials(hub, key, rotated.credentials);
  const verb = options.dryRun ? 'would be replaced' : 'are replaced';
  factory.streams.out(`the credentials of cluster(${options.cluster}) ${verb}\n`);
  await rotated.finish();
}

function secretOf({ metadata, spec }: Cluster): { name: string; namespace: string } {
  if (spec.syncMode !== 'Push') {
    throw new Error(`cluster ${metadata.name} is in pull mode: its agent renews its own certificate; see pullet cert`);
  }
  const { name = '', namespace = '' } = spec.secretRef ?? {};
  return { name: name || (metadata.name ?? ''), namespace: namespace || CLUSTER_NAMESPACE };
}

async function kindOf(hub: KubeClient, key: { name: string; namespace: string }): Promise<CredentialsKind> {
  try {
    return (await hub.get(secrets, key)).data?.['kubeconfig'] ? 'kubeconfig' : 'service-account';
  } catch (error) {
    if (isNotFound(error))
      throw new Error(`Secret ${key.namespace}/${key.name} is gone: join the cluster again`, { cause: error });
    throw error;
  }
}

interface Rotated {
  credentials: HubCredentials;
  /** What is left to do once the hub has them. */
  finish(): Promise<void>;
}

async function newKubeconfig(
  { member }: RotateCredentialsOptions,
  { spec }: Cluster,
  factory: Factory,
): Promise<Rotated> {
  const { apiEndpoint: at, id } = spec;
  const expected = { ...(at ? { at } : {}), ...(id ? { id } : {}) };
  return { credentials: await verifiedKubeconfig(member, factory, expected), finish: async () => {} };
}

/** A token of the same account, in a Secret of its own; the former ones end when the hub has the new one. */
async function newToken(options: RotateCredentialsOptions, { spec }: Cluster, factory: Factory): Promise<Rotated> {
  const client = await factory.memberClient(options.member);
  const endpoint = await factory.memberEndpoint(options.member);
  const id = await memberId(client, endpoint, factory.clock);
  if (spec.id && spec.id !== id) throw new Error(anotherCluster(spec.id, id));
  const { cluster, dryRun } = options;
  const none = { credentials: { data: { token: '', caBundle: '' } }, finish: async () => {} };
  if (dryRun) return none;
  const namespace = spec.secretRef?.namespace || CLUSTER_NAMESPACE;
  const { clock, signal } = factory;
  const former = await tokenSecrets(client, cluster, namespace);
  const tokenSecret = `${accountName(cluster)}-${randomCharacters(5)}`;
  const access = { client, cluster, namespace, clock, signal, tokenSecret };
  const credentials = tokenData(
    await verifiedToken(access, { ...endpoint, server: spec.apiEndpoint || endpoint.server }, factory),
  );
  const finish = async (): Promise<void> => {
    await sleep(clock, GRACE_MS, signal);
    signal.throwIfAborted();
    await removeTokens(client, namespace, former);
  };
  return { credentials, finish };
}
