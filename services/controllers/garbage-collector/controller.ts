import { customResourceDefinitions } from '../../../shared/apis/apiextensions/v1.ts';
import type { Controller } from '../../../shared/controller/controller.ts';
import { sleep } from '../../../shared/controller/sleep.ts';
import type { ControllerDeps, HubControllerDeps } from '../controller-deps.ts';
import { newMetadataGraph } from './metadata-graph.ts';
import { newMonitors } from './monitors.ts';
import { reconcileGarbage } from './reconcile.ts';
import { newRefresher } from './refresher.ts';

const REFRESH_DELAY_MS = 500;
const RETRY_MS = 2000;

/** Watches the metadata of everything that the API serves, and discovery again whenever a CRD changes. */
export function newGarbageCollectorController(
  deps: ControllerDeps & Pick<HubControllerDeps, 'newInformer'>,
): Controller {
  const { client, clock, informers, log, newInformer } = deps;
  const monitors = newMonitors({ client, clock, log, newInformer });
  const graph = newMetadataGraph(monitors.informers);
  const crds = informers.of(customResourceDefinitions);
  const refresher = newRefresher(monitors.refresh, { clock, log });
  const controller: Controller = deps.newController({
    name: 'garbage-collector',
    sources: [monitors],
    reconcile: (key, signal) =>
      reconcileGarbage({ client, graph, typeOfOwner: monitors.typeOfOwner, enqueue: controller.enqueue }, key, signal),
    concurrency: 8,
    clock,
    log,
  });
  const run = async (signal: AbortSignal): Promise<void> => {
    await firstRefresh(monitors.refresh, { clock, log }, signal);
    const unsubscribe = crds.addHandler(() => refresher.soon(REFRESH_DELAY_MS));
    try {
      if (!signal.aborted) await controller.run(signal);
    } finally {
      unsubscribe();
      refresher.stop();
      await monitors.stop();
    }
  };
  return { ...controller, run };
}

async function firstRefresh(
  refresh: () => Promise<void>,
  deps: Pick<ControllerDeps, 'clock' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await refresh();
      return;
    } catch (error) {
      deps.log.warn({ err: error }, 'discovery for garbage collection failed and is tried again');
      await sleep(deps.clock, RETRY_MS, signal);
    }
  }
}
