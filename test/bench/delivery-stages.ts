/** Works that are created, changed and deleted, and how long each takes until hub and member are as they should be. */

import { deployments } from '../../shared/apis/apps/v1.ts';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps } from '../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { TEMPLATE_GENERATION_ANNOTATION, type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import { type Followed, follow } from './follow.ts';
import type { Bench } from './run-bench.ts';
import type { BenchServer } from './servers.ts';
import type { LoadedWork } from './work-load.ts';
import { CHANGED_VERSION, changeAll, createAll, deleteAll, isTold } from './work-writes.ts';

/** Seconds, each; to be called one after the other. */
export interface DeliveryStages {
  createAll(): Promise<number>;
  changeAll(): Promise<number>;
  deleteAll(): Promise<number>;
}

export interface Delivery {
  hub: Pick<BenchServer, 'admin'>;
  member: Pick<BenchServer, 'admin'>;
  cluster: string;
  /** In the member. */
  namespace: string;
  /** Of the Works. */
  count: number;
}

export function newDeliveryStages(bench: Bench, delivery: Delivery): DeliveryStages {
  const { hub, member, cluster, namespace, count } = delivery;
  const inMember = { client: member.admin, namespace };
  const sight: Sight = {
    works: follow(bench, works, { client: hub.admin, namespace: executionSpace(cluster) }),
    configMaps: follow(bench, configMaps, inMember),
    deployments: follow(bench, deployments, inMember),
  };
  const loads = Array.from({ length: count }, (_, index): LoadedWork => ({ cluster, namespace, index, version: 1 }));
  return {
    createAll: () => timed(() => createAll(hub.admin, loads), untilTold(sight, count)),
    changeAll: () => timed(() => changeAll(hub.admin, loads), untilDelivered(sight, count)),
    deleteAll: () => timed(() => deleteAll(hub.admin, loads), untilGone(sight)),
  };
}

interface Sight {
  works: Followed<Work>;
  configMaps: Followed<KubeObject>;
  deployments: Followed<KubeObject>;
}

/** From before the first write until what it leads to is done. */
async function timed(write: () => Promise<void>, done: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await write();
  await done();
  return secondsSince(startMs);
}

export function secondsSince(startMs: number): number {
  return (performance.now() - startMs) / 1000;
}

function untilTold(sight: Sight, count: number): () => Promise<void> {
  return () => sight.works.until('all Works are applied and told', count, isTold);
}

function untilDelivered(sight: Sight, count: number): () => Promise<void> {
  const isDelivered = ({ metadata }: KubeObject): boolean =>
    metadata.annotations?.[TEMPLATE_GENERATION_ANNOTATION] === String(CHANGED_VERSION);
  return async () => {
    await sight.configMaps.until('all ConfigMaps are changed', count, isDelivered);
    await sight.deployments.until('all Deployments are changed', count, isDelivered);
  };
}

/** Not the ConfigMap that every namespace has. */
function isOfAWork({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[TEMPLATE_GENERATION_ANNOTATION] !== undefined;
}

function untilGone(sight: Sight): () => Promise<void> {
  return async () => {
    await sight.works.untilNone('all Works are gone', () => true);
    await sight.configMaps.untilNone('all ConfigMaps are gone', isOfAWork);
    await sight.deployments.untilNone('all Deployments are gone', isOfAWork);
  };
}
