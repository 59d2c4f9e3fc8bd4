import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { startEmbeddedHub } from './embedded-hub.ts';
import type { HubOptions } from './options.ts';
import { startHubOnRealApi } from './real-api-hub.ts';

export interface HubDeps {
  clock: Clock;
  log: Logger;
}

/** A hub that is up. */
export interface Hub {
  /** `https://host:port`, as members are told. */
  readonly server: string;
  readonly caPem: string;
  /** `https://host:port` of the control-plane API, where that is served. */
  readonly control?: string;
  /** Ports of the pages for probes and for Prometheus, where a hub on a real Kubernetes API serves them; one if both are at one address. */
  readonly pagePorts?: readonly number[];
  /** The administrator's kubeconfig: a file. With a real Kubernetes API it is the one that was given, and empty in a pod. */
  readonly adminKubeconfig: string;
  /** The hub's own client. */
  readonly client: KubeClient;
  /** Resolves when the hub was stopped; rejects when it can't go on, having stopped. */
  readonly ended: Promise<void>;
  /** Stops everything in reverse order. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a hub and resolves when it is ready. Throws, in words, if it can't; then nothing of it is left running. One on a real Kubernetes API, which may be long in
 * answering, also throws when `signal` aborts before.
 */
export function startHub(
  options: HubOptions,
  deps: HubDeps,
  signal: AbortSignal = new AbortController().signal,
): Promise<Hub> {
  return options.api.kind === 'embedded'
    ? startEmbeddedHub(options, options.api, deps)
    : startHubOnRealApi(options, options.api, deps, signal);
}
