import { customResourceDefinitions } from '../../shared/apis/apiextensions/v1.ts';
import {
  BOOTSTRAP_TOKEN_NAMESPACE,
  BOOTSTRAP_TOKEN_SECRET_TYPE,
  PULLET_TOKEN_GROUP,
} from '../../shared/apis/bootstrap/token.ts';
import { clusterOfExecutionSpace, clusters, SYSTEM_LABEL } from '../../shared/apis/cluster/v1alpha1.ts';
import { namespaces, secrets } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { readBootstrapTokenSecret } from '../../shared/pki/bootstrap-token.ts';
import { takeBackClusterInfo } from './cluster-info-writer.ts';
import { HUB_IDENTITY_STEPS, hubDeploymentSteps } from './hub-deployment.ts';
import { ADMISSION_STEPS, HUB_STEPS } from './hub-objects.ts';
import { InstallError } from './install-error.ts';
import { describeItem, type InstallItem, isOurs, itemKey } from './install-step.ts';
import { refuseKarmada } from './karmada-control-plane.ts';
import { othersIn } from './namespace-content.ts';

/**
 * Takes back what an installation made, and nothing else: objects that were there before carry no label of ours. Refuses while clusters are joined. The way in
 * goes first and the kinds last, so that an interrupted run can be run again.
 */
export interface UninstallDeps {
  client: KubeClient;
  clock: Clock;
  print(line: string): void;
}

export async function uninstall(
  { isDryRun }: { isDryRun: boolean },
  deps: UninstallDeps,
  signal: AbortSignal,
): Promise<void> {
  const { client, print } = deps;
  await refuseKarmada(client, signal);
  await refuseWhileJoined(client, signal);
  for (const item of itemsInReverse()) {
    if (item.type === customResourceDefinitions) await refuseWhileJoined(client, signal);
    await takeBack(item, { ...deps, isDryRun }, signal);
  }
  if (isDryRun) return;
  const what = await takeBackClusterInfo(client, signal);
  if (what) print(`configmap/cluster-info in kube-public ${what}`);
  await tellTokens(deps, signal);
  await untilGone(deps, signal);
}

/** The Deployment first, then policies and rights; namespaces and kinds come last by themselves. */
function itemsInReverse(): InstallItem[] {
  const deployment = hubDeploymentSteps({ image: '', replicas: 0, servesControl: true });
  const all = [...HUB_STEPS, ...ADMISSION_STEPS, ...HUB_IDENTITY_STEPS, ...deployment];
  const isLast = ({ type }: InstallItem): boolean => type === customResourceDefinitions;
  const isNamespace = ({ type }: InstallItem): boolean => type === namespaces;
  const items = all.flat().reverse();
  const rest = items.filter((item) => !isLast(item) && !isNamespace(item));
  return [...rest, ...items.filter(isNamespace), ...items.filter(isLast)];
}

async function refuseWhileJoined(client: KubeClient, signal: AbortSignal): Promise<void> {
  const joined = await namesOf(client, clusters, signal);
  if (joined.length > 0) {
    throw new InstallError(
      `clusters are joined: ${some(joined)}`,
      'Let them leave first: pullet unregister NAME --cluster-kubeconfig MEMBER --karmada-config HUB.',
    );
  }
  const spaces = await client.list(namespaces, { labelSelector: `${SYSTEM_LABEL}=true`, signal });
  const claimed = spaces.items.flatMap(({ metadata }) => clusterOfExecutionSpace(metadata.name ?? '') ?? []);
  if (claimed.length > 0) {
    throw new InstallError(
      `clusters have registered that have no Cluster (yet): ${some(claimed)}`,
      'Let them leave first: pullet unregister NAME --force --karmada-config HUB.',
    );
  }
  const left = await namesOf(client, works, signal);
  if (left.length > 0) throw new InstallError(`there are still Works: ${some(left)}`, 'Delete them first.');
}

/** None where the kind is gone already. */
async function namesOf<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const { items } = await client.list(type, { signal });
    return items.map(({ metadata: { name = '', namespace } }) => (namespace ? `${namespace}/${name}` : name));
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

function some(names: string[]): string {
  const shown = names.slice(0, 10).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}

async function takeBack(
  item: InstallItem,
  { client, print, isDryRun }: UninstallDeps & { isDryRun: boolean },
  signal: AbortSignal,
): Promise<void> {
  const current = await getIfPresent(client, item.type, itemKey(item), signal);
  if (!current || current.metadata.deletionTimestamp) return;
  const reason = await whyKept(client, item, current, signal);
  if (reason) return print(`${describeItem(item)} kept: ${reason}`);
  const { uid } = current.metadata;
  const preconditions = uid === undefined ? {} : { preconditions: { uid } };
  if (!isDryRun) await client.delete(item.type, itemKey(item), { signal, ...preconditions });
  print(`${describeItem(item)} deleted${isDryRun ? ' (dry run)' : ''}`);
}

async function whyKept(
  client: KubeClient,
  item: InstallItem,
  current: KubeObject,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!isOurs(current)) return 'it was not made by pullet';
  if (item.type !== namespaces) return undefined;
  const others = await othersIn(client, item.object.metadata.name ?? '', signal);
  return others.length === 0 ? undefined : `it holds what is not ours: ${some(others)}`;
}

/** They were made by people, and end by themselves. */
async function tellTokens({ client, print }: UninstallDeps, signal: AbortSignal): Promise<void> {
  const fieldSelector = `type=${BOOTSTRAP_TOKEN_SECRET_TYPE}`;
  const { items } = await client.list(secrets, { namespace: BOOTSTRAP_TOKEN_NAMESPACE, fieldSelector, signal });
  const ids = items.flatMap((secret) => {
    const record = readBootstrapTokenSecret(secret);
    return record?.groups.includes(PULLET_TOKEN_GROUP) ? [record.token.id] : [];
  });
  if (ids.length > 0)
    print(`Tokens are left, with which nobody can join any more: pullet token delete ${ids.join(' ')}`);
}

const GONE_MS = 60_000;

/** A namespace, or a kind, that is still on its way out would be in the way of the next installation. */
async function untilGone({ client, clock, print }: UninstallDeps, signal: AbortSignal): Promise<void> {
  const leaving = itemsInReverse().filter(({ type }) => type === namespaces || type === customResourceDefinitions);
  const end = clock.now() + GONE_MS;
  for (const item of leaving) {
    while ((await getIfPresent(client, item.type, itemKey(item), signal))?.metadata.deletionTimestamp) {
      if (clock.now() >= end) return print(`${describeItem(item)} is still being deleted`);
      await sleep(clock, 250, signal);
      signal.throwIfAborted();
    }
  }
}
