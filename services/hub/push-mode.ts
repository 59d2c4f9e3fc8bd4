import { VERSION } from '../../shared/apis/version.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import { newInformer } from '../../shared/controller/list-watch-informer.ts';
import { newController } from '../../shared/controller/worker-loop.ts';
import { runPush } from '../push/controller.ts';
import type { PushOptions } from '../push/push-deps.ts';
import type { HubDeps } from './hub.ts';

/** The members of push mode, dialled from here over TLS, beside the controllers of the same hub. */
export function newPushMode(
  hub: KubeClient,
  options: PushOptions,
  { clock, log }: HubDeps,
): (signal: AbortSignal) => Promise<void> {
  const userAgent = `pullet-hub/${VERSION}`;
  const newMemberClient: Parameters<typeof runPush>[0]['newMemberClient'] = (access) =>
    newKubeClient({ transport: newHttpTransport({ ...access, userAgent, timers: clock }), userAgent, clock });
  return (signal) => runPush({ hub, newMemberClient, newInformer, newController, clock, log }, options, signal);
}
