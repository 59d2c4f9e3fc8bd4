/** What kubectl tells of the API itself. Upstream has texts, which are left out: what is shown of them is the first two words of a line of a field. */

const explanations = [
  'explain deployments',
  'explain deployment.spec.strategy',
  'explain deployment.spec.nothing',
  'explain nothing',
  'explain pod.spec.containers.livenessProbe --recursive',
  'explain networkpolicy.spec --recursive',
  'explain hpa.spec.metrics --recursive --api-version=autoscaling/v2',
  'explain widget --recursive',
  'explain crd.spec.versions',
];

const discovery = [
  'api-resources --api-group= -o wide',
  'api-resources --api-group=batch -o wide',
  'api-resources --api-group=rbac.authorization.k8s.io --sort-by=kind',
  'api-resources --verbs=list,watch --namespaced -o name | sort',
  'api-resources --categories=all',
  'api-resources --api-group=nothing',
  'api-versions',
  'cluster-info | head -1',
];

export const askingCommands: readonly string[] = [
  ...explanations.map(
    (command) => `kubectl ${command} | grep -E "^(KIND|VERSION|GROUP|FIELD|error|  [a-zA-Z])" | grep -v "  enum: "`,
  ),
  ...discovery.map((command) => `kubectl ${command}`),
];
