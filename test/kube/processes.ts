/** The running programs of one control plane: brought up in order, taken down at once, as often as a test likes. */

import { join } from 'node:path';
import type { BinaryName } from './binaries.ts';
import { type Component, startComponent } from './component.ts';
import { apiserverFlags, type ControlPlaneLayout, controllerManagerFlags, etcdFlags } from './component-flags.ts';
import type { OrphanGuard } from './orphan-guard.ts';
import type { RequestTarget } from './plain-request.ts';
import { apiserverPaths, waitForPaths } from './readiness.ts';

/** What the programs are started from. */
export interface ProcessesOptions {
  readonly binariesDir: string;
  readonly logDir: string;
  readonly layout: ControlPlaneLayout;
  /** The API server, as administrator. */
  readonly admin: RequestTarget;
  readonly guard: OrphanGuard;
  readonly startTimeoutMs: number;
}

/** The life of the programs. Data, certificates and ports stay the same from one start to the next. */
export class ControlPlaneProcesses {
  readonly #options: ProcessesOptions;
  #running: Component[] = [];

  constructor(options: ProcessesOptions) {
    this.#options = options;
  }

  /** The process ids, in the order of start: etcd, kube-apiserver, kube-controller-manager. */
  get pids(): readonly number[] {
    return this.#running.map((component) => component.pid);
  }

  /** Starts what does not run yet and resolves when it is ready; on failure nothing is left running. */
  async start(signal?: AbortSignal): Promise<void> {
    if (this.#running.length > 0) return;
    try {
      await this.#startAll(signal);
    } catch (error) {
      await this.halt();
      throw error;
    }
  }

  /** Kills all of it (SIGKILL), clients first, and resolves when the processes are gone. */
  async halt(): Promise<void> {
    if (this.#running.length === 0) return;
    for (const component of this.#running.toReversed()) await component.kill();
    this.#running = [];
    this.#options.guard.guard([]);
  }

  /** kube-apiserver waits for etcd by itself, so both start together. */
  async #startAll(signal: AbortSignal | undefined): Promise<void> {
    const { layout, admin, startTimeoutMs } = this.#options;
    const wait = { components: this.#running, deadlineMs: Date.now() + startTimeoutMs, signal };
    await this.#run('etcd', etcdFlags(layout));
    await this.#run('kube-apiserver', apiserverFlags(layout));
    await waitForPaths({ ...wait, target: admin, paths: apiserverPaths });
    if (layout.controllers.length === 0) return;
    await this.#run('kube-controller-manager', controllerManagerFlags(layout));
    const controllerManager = { server: `https://127.0.0.1:${layout.ports.controllerManager}` };
    await waitForPaths({ ...wait, target: controllerManager, paths: ['/healthz'] });
    await waitForPaths({ ...wait, target: admin, paths: controllersPaths(layout.controllers) });
  }

  async #run(name: BinaryName, flags: readonly string[]): Promise<void> {
    const { binariesDir, logDir, guard } = this.#options;
    this.#running.push(
      await startComponent({ path: join(binariesDir, name), flags, logPath: join(logDir, `${name}.log`) }),
    );
    guard.guard(this.pids);
  }
}

/** With service accounts on, a pod is refused until its namespace has the default one. */
function controllersPaths(controllers: readonly string[]): readonly string[] {
  return controllers.includes('serviceaccount') ? ['/api/v1/namespaces/default/serviceaccounts/default'] : [];
}
