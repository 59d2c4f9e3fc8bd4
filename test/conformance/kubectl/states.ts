/** Nodes that are emptied, rollouts with a history, and what is watched while it changes: what a cluster's controllers would write is written by hand. */

const json = (object: object): string => JSON.stringify(object);

const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'worker', labels: { 'node-role.kubernetes.io/control-plane': '' } },
  status: {
    conditions: [{ type: 'Ready', status: 'True', reason: 'Up', message: 'is up' }],
    addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
    capacity: { cpu: '4', memory: '8Gi', pods: '110' },
    allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
  },
};

const placed = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'placed' },
  spec: { nodeName: 'worker', containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }] },
};

/** Of the Deployment `rolled`, whose uid is filled in. */
const replicaSet = (revision: number): object => {
  const labels = { app: 'rolled', 'pod-template-hash': `h${revision}` };
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'rolled', uid: 'UID', controller: true };
  const annotations = {
    'deployment.kubernetes.io/revision': `${revision}`,
    'kubernetes.io/change-cause': `cause ${revision}`,
  };
  const spec = { containers: [{ name: 'app', image: `a:${revision}` }] };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: `rolled-${revision}`, labels, annotations, ownerReferences: [owner] },
    spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
};

export const stateFiles: Readonly<Record<string, string>> = {
  'node.json': json(node),
  'placed.json': json(placed),
  'history.json': json({ apiVersion: 'v1', kind: 'List', items: [replicaSet(1), replicaSet(2)] }),
};

const started = { name: 'c', image: 'i', imageID: 'x', ready: true, restartCount: 2 };
const running = {
  phase: 'Running',
  podIP: '10.1.0.1',
  podIPs: [{ ip: '10.1.0.1' }],
  conditions: [{ type: 'Ready', status: 'True' }],
  containerStatuses: [{ ...started, state: { running: { startedAt: '2020-01-01T00:00:00Z' } }, lastState: {} }],
};
const counted = (replicas: number): object => ({
  observedGeneration: 99,
  replicas,
  updatedReplicas: replicas,
  readyReplicas: replicas,
  availableReplicas: replicas,
  conditions: [{ type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' }],
});
const told = (of: string, status: object): string =>
  `kubectl patch ${of} --subresource=status --type=merge -p '${json({ status })}'`;

/** `rollout status` begins with what upstream's cache was told last: it is made to have seen the Deployment as it is. */
const isCached = `until kubectl get --raw "/apis/apps/v1/namespaces/states/deployments?resourceVersionMatch=NotOlderThan&resourceVersion=$(
   kubectl get deployment rolled -o jsonpath={.metadata.resourceVersion})" > $HOME/list 2>&1; do sleep 0.1; done`;

const nodes = [
  'kubectl create -f node.json',
  'kubectl create -f placed.json',
  'kubectl get nodes',
  'kubectl get nodes -o wide',
  'kubectl describe node worker',
  'kubectl cordon worker',
  'kubectl get node worker',
  'kubectl uncordon worker',
  'kubectl uncordon worker',
  'kubectl taint nodes worker a=b:NoSchedule',
  'kubectl taint nodes worker a=b:NoSchedule',
  'kubectl taint nodes worker a-',
  'kubectl taint nodes worker a-',
  'kubectl taint nodes --all a=b:NoSchedule',
  told('pod placed', running),
  'kubectl get pods placed -o wide',
  'kubectl describe pod placed',
  'kubectl get pods --field-selector=spec.nodeName=worker',
  'kubectl get pods --field-selector=status.phase!=Running',
  'kubectl wait --for=jsonpath={.status.phase}=Running pod/placed --timeout=30s',
  'kubectl drain worker',
  'kubectl drain worker --force --grace-period=0',
  'kubectl get pods',
  'kubectl delete node worker',
];

const rollouts = [
  'kubectl create deployment rolled --image=a:2',
  'kubectl get deployment rolled -o jsonpath={.metadata.uid} > $HOME/uid; sed s/UID/$(cat $HOME/uid)/ history.json | kubectl create -f -',
  'kubectl rollout history deployment/rolled',
  'kubectl rollout history deployment/rolled --revision=2',
  'kubectl rollout undo deployment/rolled',
  'kubectl get deployment rolled -o jsonpath={.spec.template.spec.containers[0].image}',
  'kubectl rollout undo deployment/rolled --to-revision=1',
  'kubectl get rs',
  told('deployment rolled', counted(1)),
  isCached,
  'kubectl rollout status deployment/rolled --timeout=30s',
  'kubectl wait --for=condition=Available deployment/rolled --timeout=30s',
  'kubectl describe deployment rolled',
];

/** Each waits for what the one before it has said, and for nothing else. */
const watches = [
  `kubectl create configmap first; : > $HOME/seen
   kubectl get configmaps -w -o name > $HOME/seen 2>&1 & watch=$!
   until grep -q first $HOME/seen; do sleep 0.1; done
   kubectl create configmap come --from-literal=a=b; until grep -q come $HOME/seen; do sleep 0.1; done
   kubectl delete configmap come; until [ $(grep -c come $HOME/seen) = 2 ]; do sleep 0.1; done
   kill $watch; cat $HOME/seen`,
  `kubectl scale deployment rolled --replicas=7; ${isCached}
   kubectl rollout status deployment/rolled --timeout=60s > $HOME/rolled 2>&1 & status=$!
   until [ -s $HOME/rolled ]; do sleep 0.1; done
   ${told('deployment rolled', counted(7))}; wait $status; echo "exit $?"; cat $HOME/rolled`,
  'kubectl __complete get configmaps fi',
  'kubectl __complete get deployments ""',
];

export const stateCommands: readonly string[] = [
  'kubectl create namespace states',
  ...nodes,
  ...rollouts,
  ...watches,
].map((command) => command.replaceAll('kubectl ', 'kubectl -n states '));
