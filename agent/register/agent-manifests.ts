import { SYSTEM_LABEL } from '../../shared/apis/cluster/v1alpha1.ts';
import type { Container } from '../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { RBAC_GROUP, type Subject } from '../../shared/apis/rbac/v1.ts';
import { clusterRules, type ManagedResource, ownRules } from './agent-rights.ts';
import type { AgentKind } from './agent-workload.ts';
import {
  AGENT_NAME,
  AGENT_SERVICE_ACCOUNT,
  type AgentPodOptions,
  HUB_CREDENTIALS_SECRET,
  LEADER_LEASE,
} from './register-options.ts';

/**
 * What the agent is in a member, but for its credentials: ServiceAccount, rights and Deployment or DaemonSet. Names, labels and the `command` are those of
 * the wire contract, sections 2.6 and 3.1, so that Karmada's tools find what they look for.
 */
export interface AgentManifestOptions {
  clusterName: string;
  namespace: string;
  clusterNamespace: string;
  image: string;
  /** Absent: Deployment. */
  agentKind?: AgentKind;
  /** Of a Deployment. */
  replicas: number;
  /** The member's own API as others may reach it. */
  apiEndpoint: string;
  provider?: string;
  region?: string;
  zones?: string[];
  proxyServerAddress?: string;
  enablesCertRotation?: boolean;
  agentEnv?: { name: string; value: string }[];
  agentPod?: AgentPodOptions;
  /** What Works may hold; absent: anything. */
  manages?: readonly ManagedResource[];
}

const labels = { [SYSTEM_LABEL]: 'true' };
const rbacVersion = `${RBAC_GROUP}/v1`;

/** In the order in which they are created. */
export function renderAgentManifests(options: AgentManifestOptions): KubeObject[] {
  const rights = [newClusterRole(options), newServiceAccount(options), newClusterRoleBinding(options)];
  return [...rights, ...newOwnRole(options), newWorkload(options)];
}

function newClusterRole({ manages }: AgentManifestOptions): KubeObject {
  return object(rbacVersion, 'ClusterRole', { name: AGENT_NAME, labels }, { rules: clusterRules(manages) });
}

/** Only for an agent that may not do everything. */
function newOwnRole({ namespace, manages }: AgentManifestOptions): KubeObject[] {
  if (!manages) return [];
  const metadata = { name: AGENT_NAME, namespace, labels };
  const roleRef = { apiGroup: RBAC_GROUP, kind: 'Role', name: AGENT_NAME };
  return [
    object(rbacVersion, 'Role', metadata, { rules: ownRules(LEADER_LEASE) }),
    object(rbacVersion, 'RoleBinding', metadata, { roleRef, subjects: [agentSubject(namespace)] }),
  ];
}

function agentSubject(namespace: string): Subject {
  return { kind: 'ServiceAccount', name: AGENT_SERVICE_ACCOUNT, namespace };
}

function newServiceAccount({ namespace }: AgentManifestOptions): KubeObject {
  return object('v1', 'ServiceAccount', { name: AGENT_SERVICE_ACCOUNT, namespace, labels }, {});
}

function newClusterRoleBinding({ namespace }: AgentManifestOptions): KubeObject {
  const roleRef = { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: AGENT_NAME };
  const subjects = [agentSubject(namespace)];
  return object(rbacVersion, 'ClusterRoleBinding', { name: AGENT_NAME, labels }, { roleRef, subjects });
}

function newWorkload(options: AgentManifestOptions): KubeObject {
  const { agentKind = 'Deployment', replicas } = options;
  const selected = { app: AGENT_NAME };
  const metadata = { name: AGENT_NAME, namespace: options.namespace, labels: { ...selected, ...labels } };
  const template = { metadata: { labels: selected }, spec: podSpec(options) };
  const counted = agentKind === 'Deployment' ? { replicas } : {};
  const spec = { ...counted, selector: { matchLabels: selected }, template };
  return object('apps/v1', agentKind, metadata, { spec });
}

/** A DaemonSet on every node of a large member would be many agents, all but one of which wait. */
const CONTROL_PLANE_NODES = { 'node-role.kubernetes.io/control-plane': '' };

function nodeSelector({ agentKind, agentPod }: AgentManifestOptions): { nodeSelector?: object } {
  const selected = agentPod?.nodeSelector ?? (agentKind === 'DaemonSet' ? CONTROL_PLANE_NODES : undefined);
  return selected ? { nodeSelector: selected } : {};
}

const ownTolerations = ['master', 'control-plane'].map((role) => ({
  key: `node-role.kubernetes.io/${role}`,
  operator: 'Exists',
}));

function podSpec(options: AgentManifestOptions): object {
  return {
    serviceAccountName: AGENT_SERVICE_ACCOUNT,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...nodeSelector(options),
    tolerations: [...ownTolerations, ...(options.agentPod?.tolerations ?? [])],
    containers: [agentContainer(options)],
    volumes: [{ name: 'kubeconfig', secret: { secretName: HUB_CREDENTIALS_SECRET } }],
  };
}

function agentContainer(options: AgentManifestOptions): Container {
  return {
    name: AGENT_NAME,
    image: options.image,
    command: agentCommand(options),
    ...(options.agentEnv?.length ? { env: options.agentEnv } : {}),
    ports: [
      { name: 'metrics', containerPort: 8080 },
      { name: 'health', containerPort: 10357 },
    ],
    livenessProbe: {
      httpGet: { path: '/healthz', port: 'health' },
      initialDelaySeconds: 10,
      periodSeconds: 15,
      timeoutSeconds: 5,
    },
    readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, periodSeconds: 5 },
    resources: {
      requests: { cpu: '10m', memory: '64Mi', ...options.agentPod?.requests },
      limits: { memory: '256Mi', ...options.agentPod?.limits },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'kubeconfig', mountPath: '/etc/kubeconfig', readOnly: true }],
  };
}

/** In `command`, not `args`: karmadactl's unregister reads the flags from there. */
function agentCommand(options: AgentManifestOptions): string[] {
  return [
    `/bin/${AGENT_NAME}`,
    `--karmada-kubeconfig=/etc/kubeconfig/${HUB_CREDENTIALS_SECRET}`,
    `--cluster-name=${options.clusterName}`,
    `--cluster-api-endpoint=${options.apiEndpoint}`,
    `--cluster-provider=${options.provider ?? ''}`,
    `--cluster-region=${options.region ?? ''}`,
    `--cluster-zones=${(options.zones ?? []).join(',')}`,
    `--controllers=${options.enablesCertRotation === false ? '*,-certRotation' : '*'}`,
    `--proxy-server-address=${options.proxyServerAddress ?? ''}`,
    `--leader-elect-resource-namespace=${options.namespace}`,
    `--cluster-namespace=${options.clusterNamespace}`,
    '--cluster-status-update-frequency=10s',
    '--metrics-bind-address=:8080',
    '--health-probe-bind-address=0.0.0.0:10357',
    '--v=2',
  ];
}

function object(apiVersion: string, kind: string, metadata: KubeObject['metadata'], fields: object): KubeObject {
  return { apiVersion, kind, metadata, ...fields };
}
