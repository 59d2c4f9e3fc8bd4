import { type AgentKey, agentKeyState } from '../../../shared/apis/cluster/agent-keys.ts';
import { clusters } from '../../../shared/apis/cluster/v1alpha1.ts';
import { fetchAgentKeys, fetchCurrentKey } from '../../../shared/client/agent-keys.ts';
import type { Clock } from '../../../shared/controller/clock.ts';
import { rfc3339 } from '../../../shared/controller/conditions.ts';
import { newRoute, type Route } from '../route.ts';
import { CertificateSchema, type CertificateState } from '../schemas/certificate.ts';
import { ClusterParams } from '../schemas/cluster.ts';

/** How long an agent's credential lasts, by the hub's record of the keys that it has certified. */
export function certificateRoutes({ clock }: { clock: Clock }): Route[] {
  return [
    newRoute({
      method: 'get',
      path: '/clusters/{name}/certificate',
      operationId: 'getCertificateState',
      summary: "Say how long the certificate of a cluster's agent lasts",
      description:
        'Needs the rights to get the cluster, its configmap in karmada-cluster and its namespace on the hub.',
      tag: 'clusters',
      params: ClusterParams,
      answer: { status: 200, description: 'its keys', schema: CertificateSchema },
      handle: async ({ params: { name } }, { client, signal }) => {
        await client.get(clusters, { name }, { signal });
        const { keys } = await fetchAgentKeys(client, name, signal);
        const current = await fetchCurrentKey(client, name, signal);
        const byEnd = Object.entries(keys).sort(([, a], [, b]) => b.until - a.until);
        const list = byEnd.map(([pin, key]) => viewOf(pin, key, pin === current, clock.now()));
        const body: CertificateState = { cluster: name, keys: list };
        return { status: 200, body };
      },
    }),
  ];
}

function viewOf(pin: string, key: AgentKey, isCurrent: boolean, now: number) {
  return { key: pin, state: agentKeyState(key, { isCurrent, now }), expiresAt: rfc3339(key.until) };
}
