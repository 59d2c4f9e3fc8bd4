import type { ResourceList, TaintEffect } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Environment } from '../../shared/client/proxy-environment.ts';
import type { Transport } from '../../shared/client/transport.ts';
import type { TransportOptions } from '../../shared/client/transport-options.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { AgentKind } from './agent-workload.ts';

/** What `register` is asked to do; names and defaults are those of the wire contract, section 2.1. */
export interface RegisterOptions {
  /** `host:port` of the hub, as given; every later client uses it and never the address in cluster-info. */
  hubEndpoint: string;
  /** Through which this command and the agent dial the hub; absent: as the environment of each says. May hold a password. */
  proxyUrl?: string;
  /** `<id>.<secret>`; a secret. */
  token: string;
  /** Empty only with `skipsCaVerification`. */
  caCertHashes: string[];
  skipsCaVerification?: boolean;
  /** How long discovery, the certificate and the rollout may take, each. */
  timeoutMs: number;
  clusterName: string;
  /** Namespace of the agent in the member; `karmada-system`. */
  namespace: string;
  /** Namespace of cluster Secrets on both sides; `karmada-cluster`. */
  clusterNamespace: string;
  provider?: string;
  region?: string;
  zones?: string[];
  proxyServerAddress?: string;
  enablesCertRotation?: boolean;
  certExpirationSeconds: number;
  /** Required unless `agentKubeconfigOut` is given. */
  agentImage?: string;
  /** Absent: Deployment. */
  agentKind?: AgentKind;
  /** Of a Deployment. */
  agentReplicas: number;
  /** Resources that the agent may manage in the member, as kubectl names them; absent: everything. */
  manage?: string[];
  /** Of the agent's container. */
  agentEnv?: { name: string; value: string }[];
  agentPod?: AgentPodOptions;
  /** Say what would be made, and stop after the preflight checks. */
  isDryRun?: boolean;
  /** Print the agent's manifests instead of applying them; its credential goes into the member all the same. */
  output?: 'yaml';
  /** Install nothing in the member: write the agent's kubeconfig for the hub to this file. */
  agentKubeconfigOut?: string;
}

/** How the agent's pod is placed, and what it gets; what is absent is as `agent-manifests.ts` has it. */
export interface AgentPodOptions {
  requests?: ResourceList;
  limits?: ResourceList;
  /** Labels of the nodes that it may be on; absent: any for a Deployment, those of the control plane for a DaemonSet. */
  nodeSelector?: Readonly<Record<string, string>>;
  /** Besides those of control-plane nodes. */
  tolerations?: Toleration[];
}

/** As in a pod's spec. */
export interface Toleration {
  key?: string;
  operator: 'Exists' | 'Equal';
  value?: string;
  effect?: TaintEffect;
}

export interface RegisterDeps {
  member: KubeClient;
  /** `https://host:port` of the member's API, for the Cluster's apiEndpoint. */
  memberServer: string;
  /** The member's kubeconfig file, as the user gave it if he did, for the line that starts the agent. */
  memberKubeconfig?: string;
  /** Of that file; absent: its current one. */
  memberContext?: string;
  newTransport(options: TransportOptions): Transport;
  newClient(transport: Transport): KubeClient;
  /** One line of progress, without its line break. */
  print(line: string): void;
  /** Where HTTPS_PROXY is; nowhere if absent. */
  env?: Environment;
  /** Text that is asked for, as it is; where it goes must be free of progress. */
  out?(text: string): void;
  clock: Clock;
}

/** How the hub is dialled. */
export function hubAt({ hubEndpoint, proxyUrl }: Pick<RegisterOptions, 'hubEndpoint' | 'proxyUrl'>): TransportOptions {
  return { server: `https://${hubEndpoint}`, ...(proxyUrl ? { proxyUrl } : {}) };
}

/** In the member, in the agent's namespace: who of its replicas leads. */
export const LEADER_LEASE = 'pullet-agent';
export const HUB_CREDENTIALS_SECRET = 'karmada-kubeconfig';
export const AGENT_SERVICE_ACCOUNT = 'karmada-agent-sa';
/** Deployment or DaemonSet, ClusterRole and ClusterRoleBinding. */
export const AGENT_NAME = 'karmada-agent';

/** Something that the user has to put right; `fix` says how. */
export class RegisterError extends Error {
  readonly fix: string | undefined;

  constructor(message: string, options?: ErrorOptions & { fix?: string }) {
    super(options?.fix ? `${message}\n${options.fix}` : message, options);
    this.name = 'RegisterError';
    this.fix = options?.fix;
  }
}
