import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { TransportOptions } from '../../shared/client/transport-options.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { Controller, ControllerOptions } from '../../shared/controller/controller.ts';
import type { Informer, InformerOptions } from '../../shared/controller/informer.ts';
import type { Logger } from '../../shared/controller/logger.ts';

/** What the hub's process gives to push mode; tests bring their own. */
export interface PushDeps {
  hub: KubeClient;
  /** Dials nothing yet. Throws in words if the options can't be used. The client is closed when the member leaves. */
  newMemberClient(transport: TransportOptions): KubeClient;
  newInformer<T extends KubeObject>(options: InformerOptions<T>): Informer<T>;
  newController(options: ControllerOptions): Controller;
  clock: Clock;
  log: Logger;
}

/** The same for every member of push mode; names of the flags are karmada-controller-manager's. */
export interface PushOptions {
  statusUpdateFrequencyMs: number;
  /** How long a member must be healthy again before it is Ready, and unhealthy before it is not. */
  successThresholdMs: number;
  failureThresholdMs: number;
  /** Per member. */
  concurrentWorkSyncs: number;
  /** Programs that kubeconfigs of members may have the hub run, by the name or the absolute path that they give. */
  allowedExecPlugins: readonly string[];
}
