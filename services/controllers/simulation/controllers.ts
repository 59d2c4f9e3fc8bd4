import { deployments, replicaSets } from '../../../shared/apis/apps/v1.ts';
import { nodes, pods } from '../../../shared/apis/core/v1.ts';
import type { KubeObject, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { ResourceType } from '../../../shared/apis/resource-type.ts';
import { type Controller, source } from '../../../shared/controller/controller.ts';
import { joinKey, keyOf } from '../../../shared/controller/store.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { reconcileDeployment } from './deployment/reconcile.ts';
import { reconcilePod } from './pod/reconcile.ts';
import { reconcilePodless } from './podless/reconcile.ts';
import { reconcileReplicaSet } from './replica-set/reconcile.ts';
import { reconcileUnscheduled } from './scheduler/reconcile.ts';

/** What makes the workloads of a simulated member become ready: stand-ins for the deployment and replica set controllers, the scheduler and the kubelets. */
export function newSimulationControllers(deps: ControllerDeps): Controller[] {
  const { client, clock, informers, log } = deps;
  const indexes = { owner: controllerUids };
  const podInformer = informers.of(pods, { indexes });
  const setInformer = informers.of(replicaSets, { indexes });
  const deploymentInformer = informers.of(deployments);
  const nodeInformer = informers.of(nodes);
  const now = () => clock.now();
  const common = { concurrency: 4, clock, log };
  return [
    deps.newController({
      ...common,
      name: 'simulated-deployment',
      sources: [
        source(deploymentInformer, (deployment) => [keyOf(deployment)]),
        source(setInformer, (set) => ownerKeys(set, 'Deployment')),
      ],
      reconcile: (key) =>
        reconcileDeployment(
          { client, deployments: deploymentInformer.store, replicaSets: setInformer.store, now },
          key,
        ),
    }),
    deps.newController({
      ...common,
      name: 'simulated-replica-set',
      sources: [
        source(setInformer, (set) => [keyOf(set)]),
        source(podInformer, (pod) => ownerKeys(pod, 'ReplicaSet')),
        source(nodeInformer, () => []),
      ],
      reconcile: (key) =>
        reconcileReplicaSet(
          { client, replicaSets: setInformer.store, pods: podInformer.store, nodes: nodeInformer.store },
          key,
        ),
    }),
    ...PODLESS.map((type) => newPodlessController(deps, type)),
    deps.newController({
      ...common,
      name: 'simulated-scheduler',
      sources: [
        source(podInformer, (pod) => [keyOf(pod)]),
        source(nodeInformer, () => podInformer.store.list().map(keyOf)),
      ],
      reconcile: (key) => reconcileUnscheduled({ client, pods: podInformer.store, nodes: nodeInformer.store }, key),
    }),
    deps.newController({
      ...common,
      name: 'simulated-kubelet',
      sources: [source(podInformer, (pod) => [keyOf(pod)])],
      reconcile: (key) => reconcilePod({ client, pods: podInformer.store, now }, key),
    }),
  ];
}

const PODLESS: readonly ResourceType<Unstructured>[] = [
  { group: 'apps', version: 'v1', resource: 'statefulsets', kind: 'StatefulSet', namespaced: true },
  { group: 'apps', version: 'v1', resource: 'daemonsets', kind: 'DaemonSet', namespaced: true },
  { group: 'batch', version: 'v1', resource: 'jobs', kind: 'Job', namespaced: true },
];

function newPodlessController(deps: ControllerDeps, type: ResourceType<Unstructured>): Controller {
  const { client, clock, informers, log } = deps;
  const informer = informers.of(type);
  const nodeInformer = informers.of(nodes);
  const podlessDeps = {
    client,
    type,
    getObject: (key: string) => informer.store.get(key),
    countNodes: () => nodeInformer.store.list().length,
    now: () => clock.now(),
  };
  return deps.newController({
    name: `simulated-${type.kind.toLowerCase()}`,
    sources: [source(informer, (object) => [keyOf(object)]), source(nodeInformer, () => [])],
    reconcile: (key) => reconcilePodless(podlessDeps, key),
    clock,
    log,
  });
}

function controllerUids({ metadata }: KubeObject): string[] {
  return (metadata.ownerReferences ?? []).filter((owner) => owner.controller).map((owner) => owner.uid);
}

function ownerKeys({ metadata }: KubeObject, kind: string): string[] {
  return (metadata.ownerReferences ?? [])
    .filter((owner) => owner.controller && owner.kind === kind)
    .map((owner) => joinKey(metadata.namespace, owner.name));
}
