/**
 * A hub for any agent: a real kube-apiserver with our CRDs and what Karmada's agent wants to list, and this process in the place of the controllers
 * (execution space, lease and finalizer of a new Cluster), so that nothing of the hub's own work is in the agents' figures.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { ensureLease } from '../../services/controllers/cluster-mailbox.ts';
import { type CustomResourceDefinition, customResourceDefinitions } from '../../shared/apis/apiextensions/v1.ts';
import { clusterCrd } from '../../shared/apis/cluster/v1alpha1.crd.ts';
import {
  CLUSTER_FINALIZER,
  CLUSTER_NAMESPACE,
  type Cluster,
  clusters,
  executionSpace,
} from '../../shared/apis/cluster/v1alpha1.ts';
import { namespaces } from '../../shared/apis/core/v1.ts';
import { isAlreadyExists, isNotFound } from '../../shared/apis/meta/status-error.ts';
import { workCrd } from '../../shared/apis/work/v1alpha1.crd.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { eventually } from '../framework/eventually.ts';

const LOOK_MS = 10;
const READY_DEADLINE_MS = 60_000;

export async function installHubApi(hub: KubeClient): Promise<void> {
  const peers = ['ResourceInterpreterCustomization', 'ResourceInterpreterWebhookConfiguration'].map(emptyConfigCrd);
  for (const crd of [clusterCrd, workCrd, ...peers]) await hub.create(customResourceDefinitions, crd);
  for (const namespace of [CLUSTER_NAMESPACE, 'karmada-system']) await ensureNamespace(hub, namespace);
  await eventually('the CRDs are served', async () => {
    const served = [hub.list(clusters), hub.list(works)];
    return (await Promise.all(served)).length > 0;
  });
  await delay(NEW_KIND_MS); // kube-apiserver keeps who creates an object of a kind that is younger waiting for as long
}

const NEW_KIND_MS = 2000;

/** A kind of config.karmada.io of which there never is an object. */
function emptyConfigCrd(kind: string): CustomResourceDefinition {
  const plural = `${kind.toLowerCase()}s`;
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as const;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.config.karmada.io` },
    spec: {
      group: 'config.karmada.io',
      names: { kind, plural },
      scope: 'Cluster',
      versions: [{ name: 'v1alpha1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}

export async function ensureNamespace(client: KubeClient, name: string): Promise<void> {
  await client
    .create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    .catch((error: unknown) => {
      if (!isAlreadyExists(error)) throw error;
    });
}

/** Before the agent starts, as registration would have it. */
export async function prepareMailbox(hub: KubeClient, cluster: string, signal: AbortSignal): Promise<void> {
  await ensureNamespace(hub, executionSpace(cluster));
  await ensureLease(hub, cluster, signal);
}

/** Puts the finalizer on the Cluster as soon as the agent has made it, and resolves when that is Ready. */
export async function admitUntilReady(hub: KubeClient, name: string, check: () => Promise<void>): Promise<void> {
  const endMs = performance.now() + READY_DEADLINE_MS;
  for (;;) {
    const cluster = await hub.get(clusters, { name }).catch(ifNotFound);
    if (cluster && !cluster.metadata.finalizers?.length) await addFinalizer(hub, name);
    if (cluster && isReady(cluster)) return;
    await check();
    if (performance.now() > endMs) throw new Error(`cluster ${name} is not Ready after ${READY_DEADLINE_MS / 1000} s`);
    await delay(LOOK_MS);
  }
}

function isReady({ status }: Cluster): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
}

async function addFinalizer(hub: KubeClient, name: string): Promise<void> {
  await hub.patch(clusters, { name }, { type: 'merge', patch: { metadata: { finalizers: [CLUSTER_FINALIZER] } } });
}

/** The next agent of the same member would be refused while this Cluster is there. */
export async function removeCluster(hub: KubeClient, name: string): Promise<void> {
  await hub.delete(clusters, { name }).catch(ifNotFound);
  await hub.patch(clusters, { name }, { type: 'merge', patch: { metadata: { finalizers: null } } }).catch(ifNotFound);
  await eventually(
    `cluster ${name} is gone`,
    async () => (await hub.get(clusters, { name }).catch(ifNotFound)) === undefined,
  );
}

function ifNotFound(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
}
