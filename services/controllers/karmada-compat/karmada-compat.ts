import { AGENT_RBAC_GENERATOR } from '../../../shared/apis/cluster/v1alpha1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { removeGeneratorRights } from './generator-rights.ts';
import { handOver } from './joins.ts';

/** What the approver of agents' requests leaves to this mode, and asks of it. */
export interface KarmadaCompat {
  /** Requests of this common name are decided on elsewhere. */
  decidesOn(commonName: string): boolean;
  /** Called before a token's request for a cluster is judged: the second half of a join by karmadactl finds the name claimed for its key. */
  beforeClaim(agent: { cluster: string; token: string; key: string }, signal: AbortSignal): Promise<void>;
}

export function newKarmadaCompat(client: KubeClient): KarmadaCompat {
  return {
    decidesOn: (commonName) => commonName === AGENT_RBAC_GENERATOR,
    beforeClaim: async (agent, signal) => {
      if (await handOver(client, agent, signal)) await removeGeneratorRights(client, agent.cluster, signal);
    },
  };
}
