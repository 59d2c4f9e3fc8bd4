import {
  CERTIFICATE_AUTHORITY_ANNOTATION,
  CLUSTER_NAMESPACE,
  clusters,
  TRUSTED_AUTHORITIES_ANNOTATION,
} from '../../../shared/apis/cluster/v1alpha1.ts';
import { leases } from '../../../shared/apis/coordination/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';

/** What an agent has told of itself with its heartbeat; nothing if it is one that does not tell, as Karmada's. */
export interface AgentAuthorities {
  cluster: string;
  /** Pins of the authorities by which it knows the hub. */
  trusted: string[];
  /** Pin of the one that issued its certificate. */
  issuer?: string;
}

/** Of every cluster that an agent serves, by name. */
export async function listAgentAuthorities(client: KubeClient): Promise<AgentAuthorities[]> {
  const [{ items }, beats] = await Promise.all([
    client.list(clusters),
    client.list(leases, { namespace: CLUSTER_NAMESPACE }),
  ]);
  const annotations = new Map(beats.items.map(({ metadata }) => [metadata.name, metadata.annotations ?? {}]));
  return items
    .filter(({ spec }) => spec.syncMode === 'Pull')
    .map(({ metadata: { name = '' } }) => {
      const told = annotations.get(name) ?? {};
      const issuer = told[CERTIFICATE_AUTHORITY_ANNOTATION];
      const trusted = (told[TRUSTED_AUTHORITIES_ANNOTATION] ?? '').split(',').filter((pin) => pin !== '');
      return { cluster: name, trusted, ...(issuer ? { issuer } : {}) };
    });
}
