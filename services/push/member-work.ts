import { runCluster } from '../../agent/cluster/controller.ts';
import { newApiDiscovery } from '../../agent/cluster/discover-apis.ts';
import { runDelivery } from '../../agent/work/controller.ts';
import { newKindLookup } from '../../agent/work/kind-lookup.ts';
import { newSecretStateStore } from '../../agent/work/secret-state-store.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newRestMapper } from '../../shared/client/rest-mapper.ts';
import type { EventRecorder } from '../../shared/controller/event-recorder.ts';
import { untilDone } from '../../shared/controller/until-done.ts';
import type { MemberAccess } from './member-access.ts';
import type { PushDeps, PushOptions } from './push-deps.ts';
import { newRefusalReader } from './refusal.ts';

/** What an agent does for its member, done by the hub: tells of the Cluster and delivers its Works. No heartbeat: the hub need not prove to itself that it lives. Until `signal` aborts; rejects if it ends before. */
export async function workForMember(
  deps: PushDeps & { recordEvent: EventRecorder['record'] },
  { access, member, options }: { access: MemberAccess; member: KubeClient; options: PushOptions },
  signal: AbortSignal,
): Promise<void> {
  const { hub, clock, newInformer, newController, recordEvent } = deps;
  const log = deps.log.child({ cluster: access.cluster });
  const shared = { hub, member, clock, log, newInformer, newController };
  const mapper = newRestMapper(member, clock);
  const discover = newApiDiscovery(mapper);
  const tellOfCluster = (aborted: AbortSignal): Promise<void> =>
    runCluster(
      { ...shared, discover, readRefusal: newRefusalReader(access, clock) },
      { ...options, name: access.cluster },
      aborted,
    );
  const deliver = async (aborted: AbortSignal): Promise<void> => {
    const { cluster, namespace } = access;
    const { concurrentWorkSyncs } = options;
    const state = newSecretStateStore({ member, namespace, cluster, log });
    const deliveryDeps = { ...shared, ...newKindLookup(mapper), recordEvent, state };
    await runDelivery(deliveryDeps, { cluster, concurrentWorkSyncs, keepsWorks: false }, aborted);
  };
  /** A stop is no error, and what is under way then is waited for. */
  const run = (what: string, task: typeof deliver): Promise<void> =>
    untilDone({ clock, log }, what, task, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  await Promise.all([run('tell of the cluster', tellOfCluster), run('deliver works', deliver)]);
}
