import { deployments } from '../../shared/apis/apps/v1.ts';
import { type Container, namespaces, serviceAccounts } from '../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { clusterRoleBindings, clusterRoles, RBAC_GROUP, roleBindings, roles } from '../../shared/apis/rbac/v1.ts';
import { HUB_CLUSTER_RULES, HUB_NAMESPACE_RULES } from './hub-rights.ts';
import { type InstallStep, newItem } from './install-step.ts';

/** The hub as a Deployment in the cluster whose API it works on: several replicas, one leading. */

export const HUB_NAMESPACE = 'pullet-system';
/** Of everything that the hub is in the cluster. */
export const HUB_NAME = 'pullet-hub';

export interface HubDeploymentOptions {
  image: string;
  replicas: number;
  /** More flags of `pullet hub`. */
  flags?: readonly string[];
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

export function hubDeploymentStep(options: HubDeploymentOptions): InstallStep {
  return [newItem(deployments, newDeployment(options) as KubeObject & { spec: never })];
}

const SELECTED = { app: HUB_NAME };

function newDeployment(options: HubDeploymentOptions): KubeObject {
  const spec = {
    replicas: options.replicas,
    selector: { matchLabels: SELECTED },
    template: { metadata: { labels: SELECTED }, spec: podSpec(options) },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata, namespace: HUB_NAMESPACE, labels: SELECTED },
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
    podAffinityTerm: { labelSelector: { matchLabels: SELECTED }, topologyKey: 'kubernetes.io/hostname' },
  };
}

/** A replica that waits to lead is as ready as the one that does; one that can't go on ends by itself, and one that hangs is ended by its probe. */
function hubContainer({ image, flags = [] }: HubDeploymentOptions): Container {
  return {
    name: 'hub',
    image,
    args: ['--in-cluster', '--log-format=json', ...flags],
    ports: [
      { name: 'health', containerPort: 10357 },
      { name: 'metrics', containerPort: 8080 },
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
