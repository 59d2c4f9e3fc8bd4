import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { Controller, ControllerOptions } from '../../shared/controller/controller.ts';
import type { Informer, InformerOptions } from '../../shared/controller/informer.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import type { Informers } from './informers.ts';

/** What the hub's process gives its controllers; the factories come from `shared/controller`, tests bring their own. */
export interface HubControllerDeps {
  client: KubeClient;
  newInformer<T extends KubeObject>(options: InformerOptions<T>): Informer<T>;
  newController(options: ControllerOptions): Controller;
  clock: Clock;
  log: Logger;
}

/** The same with the informers that all controllers of one set share: what each controller's wiring is made from. */
export interface ControllerDeps extends Omit<HubControllerDeps, 'newInformer'> {
  informers: Informers;
}
