import { Command } from 'commander';
import {
  CERTIFICATE_AUTHORITY_ANNOTATION,
  CLUSTER_NAMESPACE,
  type Cluster,
  CONDITION_CERTIFICATE_ROTATED,
  clusters,
  ROTATE_KEY_ANNOTATION,
} from '../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../shared/apis/coordination/v1.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import { fetchAgentKeys, fetchCurrentKey } from '../../shared/client/agent-keys.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import { findCondition, rfc3339 } from '../../shared/controller/conditions.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, durationOption, hubFlags } from '../flags.ts';
import { pollUntil } from '../poll.ts';

/** `pullet cert rotate`: asks an agent, by its Cluster, to replace its key and certificate now. */

export interface CertRotateOptions {
  hub: HubFlags;
  cluster: string;
  timeoutMs: number;
}

export function newCertRotateCommand(factory: Factory): Command {
  const command = new Command('rotate')
    .description('Have an agent replace its key and certificate now, and not only when its time has come')
    .argument('<cluster>', 'name of the cluster')
    .addOption(durationOption('--timeout <duration>', 'how long to wait for the agent', '2m'))
    .addHelpText('after', '\nExamples:\n  pullet cert rotate store17');
  addHubFlags(command);
  return command.action(async (cluster: string, flags) =>
    runCertRotate({ hub: hubFlags(flags), cluster, timeoutMs: flags.timeout }, factory),
  );
}

export async function runCertRotate({ hub, cluster, timeoutMs }: CertRotateOptions, factory: Factory): Promise<void> {
  const client = await factory.hubClient(hub);
  const former = await requireRotating(client, cluster, factory.signal);
  const patch = { metadata: { annotations: { [ROTATE_KEY_ANNOTATION]: former } } };
  const asked = await client.patch(clusters, { name: cluster }, { type: 'merge', patch }, { signal: factory.signal });
  factory.streams.out(`the agent of cluster ${cluster} is asked for a new key\n`);
  const { key, until } = await untilRotated(client, { asked, former, timeoutMs }, factory);
  factory.streams.out(`the agent of cluster ${cluster} has the key ${key}, certified until ${rfc3339(until)}\n`);
}

/** The key that it has now. Throws, in words, if the cluster has no agent that would hear of it. */
async function requireRotating(client: KubeClient, name: string, signal: AbortSignal): Promise<string> {
  const cluster = await client.get(clusters, { name }, { signal });
  if (cluster.spec.syncMode !== 'Pull') throw new Error(`cluster ${name} is served by the hub: it has no agent`);
  const key = await fetchCurrentKey(client, name, signal);
  if (!key) throw new Error(`the hub has certified no agent of cluster "${name}"`);
  const lease = await getIfPresent(client, leases, { name, namespace: CLUSTER_NAMESPACE }, signal);
  if (lease?.metadata.annotations?.[CERTIFICATE_AUTHORITY_ANNOTATION] === undefined) {
    throw new Error(
      `the agent of cluster ${name} has not said that it replaces its certificate when asked: karmada-agent does not, nor one that has not started yet. ` +
        'With a token made on the hub for this name, in the member: pullet cert renew --token TOKEN',
    );
  }
  return key;
}

interface Waiting {
  asked: Cluster;
  former: string;
  timeoutMs: number;
}

/** Tells once what keeps the agent from it, as the agent says it in a condition. */
async function untilRotated(
  client: KubeClient,
  { asked, former, timeoutMs }: Waiting,
  { clock, signal, streams }: Factory,
): Promise<{ key: string; until: number }> {
  const { name = '' } = asked.metadata;
  let told = failureOf(asked);
  const waitingFor =
    `the agent of cluster ${name} to replace its key; it does so as soon as it can (pullet get clusters says whether it is there, ` +
    `kubectl describe cluster ${name} what keeps it from it)`;
  return pollUntil({ clock, signal, everyMs: 500, deadlineMs: timeoutMs, waitingFor }, async () => {
    const key = await fetchCurrentKey(client, name, signal);
    const issued = key && key !== former && (await fetchAgentKeys(client, name, signal)).keys[key]?.issued;
    if (key && issued) return { key, until: issued.until };
    const failure = failureOf(await client.get(clusters, { name }, { signal }));
    if (failure && failure !== told) streams.err(`not yet: ${failure}\n`);
    told = failure ?? told;
    return undefined;
  });
}

function failureOf({ status }: Cluster): string | undefined {
  const condition = findCondition(status?.conditions as Condition[] | undefined, CONDITION_CERTIFICATE_ROTATED);
  return condition?.status === 'False' ? condition.message : undefined;
}
