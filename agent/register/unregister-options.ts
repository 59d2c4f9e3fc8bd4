import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';

/** What `unregister` is asked to do; names and defaults are those of the wire contract, section 3.1. */
export interface UnregisterOptions {
  clusterName: string;
  /** Namespace of the agent in the member; `karmada-system`. */
  namespace: string;
  /** Deployment or DaemonSet of the agent; `karmada-agent`. */
  agentName: string;
  /** `karmada-cluster`. */
  clusterNamespace: string;
  /** For Works and Cluster to go, together. */
  waitMs: number;
  isDryRun?: boolean;
  /** What was delivered stays in the member, without its marks. */
  keepsWorkloads?: boolean;
  /** Go on although the agent, or the member, is not there; says what stays behind. */
  isForced?: boolean;
}

export interface UnregisterDeps {
  /** Absent if the member is gone for good; only with `isForced`. */
  member?: KubeClient;
  /** An administrator's client of the hub; without it the agent's own credentials are taken from the member. */
  hub?: KubeClient;
  newHubClient(kubeconfig: string): Promise<KubeClient>;
  print(line: string): void;
  clock: Clock;
}
