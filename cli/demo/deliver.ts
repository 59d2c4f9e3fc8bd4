import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { CONDITION_APPLIED, type ManifestStatus, type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import { createIfAbsent, deleteIfPresent, getIfPresent } from '../../shared/client/ensure-object.ts';
import type { Factory } from '../factory.ts';
import { pollUntil } from '../poll.ts';
import type { HubAccess } from './demo.ts';
import { newSampleWork, SAMPLE_DEPLOYMENT, SAMPLE_NAMESPACE } from './sample-work.ts';

/** Real clusters pull an image first. */
const ARRIVAL_MS = 180_000;
const LEAVING_MS = 60_000;

/** Writes one Work for every cluster. */
export async function deliverSample(hub: HubAccess, names: string[], factory: Factory): Promise<void> {
  const client = await factory.hubClient({ kubeconfig: hub.adminKubeconfig });
  for (const name of names) {
    await createIfAbsent(client, works, newSampleWork(name), factory.signal);
  }
}

/** Resolves when every Work is Applied and every manifest of it is healthy. Throws with the Work's own message otherwise. */
export async function waitUntilDelivered(hub: HubAccess, names: string[], factory: Factory): Promise<void> {
  const client = await factory.hubClient({ kubeconfig: hub.adminKubeconfig });
  const { clock, signal } = factory;
  for (const name of names) {
    let missing = 'nothing is known of it';
    const waitingFor = (): string => `the workload in ${name}: ${missing}`;
    await pollUntil({ clock, signal, everyMs: 50, deadlineMs: ARRIVAL_MS, waitingFor }, async () => {
      const work = await client.get(works, { namespace: executionSpace(name), name: SAMPLE_DEPLOYMENT });
      missing = whatIsMissing(work);
      return missing === '' ? true : undefined;
    });
  }
}

/** What a Work still lacks, in words; empty when every manifest is applied and healthy. */
export function whatIsMissing({ spec, status }: Work): string {
  const applied = status?.conditions?.find((condition) => condition.type === CONDITION_APPLIED);
  if (!applied) return 'its agent has not applied it yet';
  if (applied.status !== 'True') return `it is not applied: ${applied.message}`;
  const statuses = status?.manifestStatuses ?? [];
  const unhealthy = statuses.filter((manifest) => manifest.health !== 'Healthy');
  if (unhealthy.length > 0) return unhealthy.map(healthInWords).join(', ');
  return statuses.length === spec.workload?.manifests?.length ? '' : 'its agent has not reported every manifest yet';
}

function healthInWords({ identifier, health = 'Unknown' }: ManifestStatus): string {
  const { kind = '', namespace, name = '' } = identifier;
  return `it is applied, but ${kind} ${namespace ? `${namespace}/` : ''}${name} is ${health}`;
}

/** Deletes a cluster's Work and resolves when it is gone: then its objects are gone from the member. */
export async function removeSample(hub: HubAccess, cluster: string, factory: Factory): Promise<void> {
  const client = await factory.hubClient({ kubeconfig: hub.adminKubeconfig });
  const { clock, signal } = factory;
  const key = { namespace: executionSpace(cluster), name: SAMPLE_DEPLOYMENT };
  await deleteIfPresent(client, works, key, signal);
  const waitingFor = `the workload to be gone from ${cluster}: remove what is left of namespace ${SAMPLE_NAMESPACE} there by hand`;
  await pollUntil({ clock, signal, everyMs: 100, deadlineMs: LEAVING_MS, waitingFor }, async () =>
    (await getIfPresent(client, works, key, signal)) ? undefined : true,
  );
}
