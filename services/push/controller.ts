import { setMaxListeners } from 'node:events';
import { type Cluster, clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { withAnyOf } from '../../shared/client/deadline.ts';
import { listedExecPolicy } from '../../shared/client/exec-policy.ts';
import { type Controller, type Source, source } from '../../shared/controller/controller.ts';
import { newEventRecorder } from '../../shared/controller/event-recorder.ts';
import type { Informer } from '../../shared/controller/informer.ts';
import { joinKey, keyOf } from '../../shared/controller/store.ts';
import { secretKeyOf } from './member-access.ts';
import { workForMember } from './member-work.ts';
import { newMemberWorkers } from './member-workers.ts';
import type { PushDeps, PushOptions } from './push-deps.ts';
import { reconcilePush } from './reconcile.ts';
import { newSecretLookup } from './secret-lookup.ts';
import { withoutAgents } from './without-agents.ts';

/** Only starts and stops: the work itself is each member's own. */
const CONCURRENCY = 8;
const BY_SECRET = 'secret';

/**
 * Runs push mode until `signal` aborts: for each Cluster with syncMode Push what an agent would do for it. Only one process may do this
 * at a time: run it while leading.
 */
export async function runPush(deps: PushDeps, options: PushOptions, signal: AbortSignal): Promise<void> {
  setMaxListeners(0, signal); // one per watch and worker: their number is no leak
  const { hub, clock, log } = deps;
  const informer = deps.newInformer<Cluster>({
    ...{ client: hub, type: clusters, clock, log },
    transform: withoutAgents,
    indexes: { [BY_SECRET]: secretsOf },
  });
  const recordEvent = newEventRecorder({ client: hub, component: 'pullet-hub', clock, log }).record;
  const workers = newMemberWorkers({
    newMemberClient: deps.newMemberClient,
    work: (access, member, stopping) =>
      withAnyOf([signal, stopping], (ending) =>
        workForMember({ ...deps, recordEvent }, { access, member, options }, ending),
      ),
    log,
  });
  const onSecret = (key: string): void => {
    for (const cluster of informer.store.byIndex(BY_SECRET, key)) controller.enqueue(keyOf(cluster));
  };
  const lookup = newSecretLookup(deps, onSecret, signal);
  const reconcileDeps = {
    ...{ hub, workers, clock, log },
    exec: listedExecPolicy(options.allowedExecPlugins, '--allowed-exec-plugins of the hub'),
    getCluster: (name: string) => informer.store.get(name),
    getSecret: lookup.get,
  };
  const controller: Controller = deps.newController({
    name: 'push',
    sources: [clusterSource(informer)],
    reconcile: (name, aborted) => reconcilePush(reconcileDeps, name, aborted),
    concurrency: CONCURRENCY,
    clock,
    log,
  });
  await Promise.all([informer.run(signal), controller.run(signal)]);
  await Promise.all([workers.stopAll(), lookup.ended()]);
}

function clusterSource(informer: Informer<Cluster>): Source {
  return source(informer, (cluster) => [keyOf(cluster)]);
}

function secretsOf(cluster: Cluster): string[] {
  const key = cluster.spec.syncMode === 'Push' ? secretKeyOf(cluster) : undefined;
  return key ? [joinKey(key.namespace, key.name)] : [];
}
