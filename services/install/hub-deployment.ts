import { deployments } from '../../shared/apis/apps/v1.ts';
import { type Container, namespaces, serviceAccounts } from '../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { clusterRoleBindings, clusterRoles, RBAC_GROUP, roleBindings, roles } from '../../shared/apis/rbac/v1.ts';
import { CONTROL_CONTAINER_PORT, CONTROL_FLAGS, CONTROL_STEP } from './hub-control.ts';
import { HUB_NAME, HUB_NAMESPACE, HUB_SELECTED } from './hub-names.ts';
import { HUB_CLUSTER_RULES, HUB_NAMESPACE_RULES } from './hub-rights.ts';
import { type InstallStep, newItem } from './install-step.ts';

/** The hub as a Deployment in the cluster whose API it works on: several replicas, one leading. */

export interface HubDeploymentOptions {
  image: string;
  replicas: number;
  /** More flags of `pullet hub`. */
  flags?: readonly string[];
  /** The control-plane API too. */
  servesControl?: boolean;
}

const rbacVersion = `${RBAC_GROUP}/v1`;
const metadata = { name: HUB_NAME };
const subjects = [{ kind: 'ServiceAccount' as const, name: HUB_NAME, namespace: HUB_NAMESPACE }];

/** Who the hub is in the cluster, and what it may. */
export const HUB_IDENTITY_STEPS: readonly InstallStep[] = [
  [newItem(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: HUB_NAMESPACE } }, 'kept')],
  [
    newItem(
      serviceAccounts,
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...metadata, namespace: HUB_NAMESPACE } },
      'kept',
    ),
    newItem(clusterRoles, { apiVersion: rbacVersion, kind: 'ClusterRole', metadata, rules: HUB_CLUSTER_RULES }),
    newItem(clusterRoleBindings, {
      apiVersion: rbacVersion,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: HUB_NAME },
      subjects,
    }),
    ...Object.entries(HUB_NAMESPACE_RULES).flatMap(([namespace, rules]) => [
      newItem(roles, { apiVersion: rbacVersion, kind: 'Role', metadata: { ...metadata, namespace }, rules }),
      newItem(roleBindings, {
        apiVersion: rbacVersion,
        kind: 'RoleBinding',
        metadata: { ...metadata, namespace },
        roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name: HUB_NAME },
        subjects,
      }),
    ]),
  ],
];

/** The Deployment, and before it what it serves by. */
export function hubDeploymentSteps(options: HubDeploymentOptions): InstallStep[] {
  const deployment = newItem(deployments, newDeployment(options) as KubeObject & { spec: never });
  return [...(options.servesControl ? [CONTROL_STEP] : []), [deployment]];
}

function newDeployment(options: HubDeploymentOptions): KubeObject {
  const spec = {
    replicas: options.replicas,
    selector: { matchLabels: HUB_SELECTED },
    template: { metadata: { labels: HUB_SELECTED }, spec: podSpec(options) },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata, namespace: HUB_NAMESPACE, labels: HUB_SELECTED },
    ...{ spec },
  };
}

function podSpec(options: HubDeploymentOptions): object {
  return {
    serviceAccountName: HUB_NAME,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [onAnotherNode()] } },
    containers: [hubContainer(options)],
  };
}

function onAnotherNode(): object {
  return {
    weight: 100,
    podAffinityTerm: { labelSelector: { matchLabels: HUB_SELECTED }, topologyKey: 'kubernetes.io/hostname' },
  };
}

/** A replica that waits to lead is as ready as the one that does; one that can't go on ends by itself, and one that hangs is ended by its probe. */
function hubContainer({ image, flags = [], servesControl = false }: HubDeploymentOptions): Container {
  return {
    name: 'hub',
    image,
    args: ['--in-cluster', '--log-format=json', ...(servesControl ? CONTROL_FLAGS : []), ...flags],
    ports: [
      { name: 'health', containerPort: 10357 },
      { name: 'metrics', containerPort: 8080 },
      ...(servesControl ? [CONTROL_CONTAINER_PORT] : []),
    ],
    livenessProbe: {
      httpGet: { path: '/healthz', port: 'health' },
      initialDelaySeconds: 10,
      periodSeconds: 15,
      timeoutSeconds: 5,
    },
    readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, periodSeconds: 5 },
    resources: { requests: { cpu: '50m', memory: '96Mi' }, limits: { memory: '1Gi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}
