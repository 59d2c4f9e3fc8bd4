import { VERSION } from '../../shared/apis/version.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import type { ClusterAccess } from '../../shared/client/kubeconfig.ts';
import { withoutUser } from '../../shared/client/transport-options.ts';
import { missingRequirements } from '../install/requirements.ts';
import type { HubDeps } from './hub.ts';

/**
 * Says once what a real API server lacks for clusters to join, in a warning each. Nothing waits for it and nothing fails by it: members that have joined
 * already are served all the same.
 */
export async function tellMissing(
  {
    client,
    access,
    clock,
    log,
    signingCaPem,
  }: HubDeps & {
    client: KubeClient;
    access: ClusterAccess;
    signingCaPem?: string;
  },
  signal: AbortSignal,
): Promise<void> {
  const userAgent = `pullet-hub/${VERSION}`;
  const newClient = (credentials: { token?: string }): KubeClient =>
    newKubeClient({
      transport: newHttpTransport({ ...withoutUser(access.transport), ...credentials, userAgent, timers: clock }),
      userAgent,
      clock,
    });
  try {
    const options = signingCaPem === undefined ? {} : { signingCaPem };
    for (const { sentence } of await missingRequirements({ client, newClient, clock }, options, signal)) {
      log.warn({}, sentence);
    }
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error }, 'could not find out whether clusters can join here');
  }
}
