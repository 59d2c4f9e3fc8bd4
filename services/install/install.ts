import { configMaps } from '../../shared/apis/core/v1.ts';
import { isForbidden } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { isEmbeddedApi } from '../../shared/apis/version.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newClusterInfo } from './cluster-info.ts';
import { type ClusterInfoDecision, type ClusterInfoRequest, decideClusterInfo } from './cluster-info-decision.ts';
import { getClusterInfo, writeClusterInfo } from './cluster-info-writer.ts';
import { ensureSteps, type Outcome } from './ensure-item.ts';
import { HUB_IDENTITY_STEPS, type HubDeploymentOptions, hubDeploymentSteps } from './hub-deployment.ts';
import { ADMISSION_STEPS, HUB_STEPS, untilKindsAreServed } from './hub-objects.ts';
import { InstallError } from './install-error.ts';
import { describeItem, type InstallItem, type InstallStep, newItem } from './install-step.ts';
import { refuseKarmada } from './karmada-control-plane.ts';
import { type MissingRequirement, missingRequirements, type RequirementDeps } from './requirements.ts';

/** Makes a Kubernetes cluster a hub. Whatever is there already is left or brought up to date, so that an interrupted run can be run again. */

export interface InstallOptions {
  clusterInfo: ClusterInfoRequest;
  /** Absent: the hub runs elsewhere. */
  deployment?: HubDeploymentOptions;
  /** Say what would be done, and do nothing. */
  isDryRun: boolean;
}

export interface InstallDeps extends RequirementDeps {
  /** One line, without its line break. */
  print(line: string): void;
}

/** What the API server must be at least, for ValidatingAdmissionPolicy. */
const LEAST_MINOR = 30;

/** Resolves when all of it is made. Throws, having made nothing, where the cluster can't be a hub or cluster-info would mislead members. */
export async function install(options: InstallOptions, deps: InstallDeps, signal: AbortSignal): Promise<void> {
  await refuseUnfit(deps.client, signal);
  const current = await getClusterInfo(deps.client, signal);
  const clusterInfo = decideClusterInfo(current, options.clusterInfo);
  const steps = [...baseSteps(), ...(options.deployment ? hubDeploymentSteps(options.deployment) : [])];
  const { isDryRun } = options;
  const report = (item: InstallItem, outcome: Outcome): void =>
    deps.print(`${describeItem(item)} ${outcome}${isDryRun ? ' (dry run)' : ''}`);
  if (!isDryRun) await writeClusterInfo(deps.client, current, clusterInfo, signal);
  reportClusterInfo(clusterInfo, options, deps);
  await inWords(ensureSteps(deps.client, steps, { signal, isDryRun, report }));
  if (isDryRun) return;
  await untilKindsAreServed(deps.client, deps.clock, signal);
  await refuseMissing(options, deps, signal);
}

/** The objects that an installation makes, in order; nothing is written. */
export async function installManifests(
  options: Omit<InstallOptions, 'isDryRun'>,
  client: KubeClient,
  signal: AbortSignal,
): Promise<KubeObject[]> {
  await refuseUnfit(client, signal);
  const current = await getClusterInfo(client, signal);
  const { kubeconfig } = decideClusterInfo(current, options.clusterInfo);
  const steps = [
    ...baseSteps(),
    ...(kubeconfig === undefined ? [] : [[newItem(configMaps, newClusterInfo(kubeconfig))]]),
    ...(options.deployment ? hubDeploymentSteps(options.deployment) : []),
  ];
  return steps.flat().map(({ object }) => object);
}

function baseSteps(): InstallStep[] {
  return [...HUB_STEPS, ...ADMISSION_STEPS, ...HUB_IDENTITY_STEPS];
}

async function refuseUnfit(client: KubeClient, signal: AbortSignal): Promise<void> {
  await refuseKarmada(client, signal);
  const version = JSON.parse(await client.raw({ method: 'GET', path: '/version', signal })) as { gitVersion?: string };
  const { gitVersion = '' } = version;
  if (isEmbeddedApi(version)) {
    throw new InstallError('this is a hub with the embedded API: it has made all it needs when it started');
  }
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  if (Number(major) > 1 || Number(minor) >= LEAST_MINOR) return;
  throw new InstallError(`this cluster has Kubernetes ${gitVersion}, and a hub needs v1.${LEAST_MINOR} or newer`);
}

function reportClusterInfo(
  { outcome, server }: ClusterInfoDecision,
  { isDryRun }: InstallOptions,
  { print }: InstallDeps,
): void {
  print(`configmap/cluster-info in kube-public ${outcome}${isDryRun ? ' (dry run)' : ''}: members reach ${server}`);
}

async function inWords(making: Promise<void>): Promise<void> {
  try {
    await making;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    const fix =
      'Run this command as a cluster-admin: a hub hands out rights, and nobody can hand out what they do not have.';
    throw new InstallError(`the user of the kubeconfig may not do this: ${(error as Error).message}`, fix);
  }
}

/** A hub that runs elsewhere may be given the authority to sign with. */
async function refuseMissing({ deployment }: InstallOptions, deps: InstallDeps, signal: AbortSignal): Promise<void> {
  const missing = await missingRequirements(deps, {}, signal);
  const isNote = ({ what }: MissingRequirement): boolean => what === 'signer' && !deployment;
  for (const { sentence } of missing.filter(isNote)) deps.print(sentence);
  const wanting = missing.filter((one) => !isNote(one));
  if (wanting.length === 0) return;
  throw new InstallError(
    `everything is installed, but the cluster lacks something:\n${wanting.map(({ sentence }) => `- ${sentence}`).join('\n')}`,
    'Then run this command again.',
  );
}
