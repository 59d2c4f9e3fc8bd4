import type { AgentClients } from '../../agent/connect.ts';
import { newHubCredentials } from '../../agent/register/hub-credentials.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import type { Transport, TransportRequest, TransportResponse } from '../../shared/client/transport.ts';
import { clientOf } from './access.ts';
import type { TestMember } from './start-member.ts';
import type { World } from './world.ts';

/** An agent's clients, of which every request to the hub is counted, and every one that the hub or the network failed is noted. */
export interface WatchedClients {
  clients: AgentClients;
  requests(): number;
  /** Method, path and why. What the caller took back is no failure, nor is that somebody else wrote first. */
  failures: string[];
}

export async function newWatchedClients(
  world: World,
  hubKubeconfig: string,
  member: TestMember,
): Promise<WatchedClients> {
  const { transport: access } = await loadKubeconfig({ path: hubKubeconfig });
  const { certPem = '', keyPem = '', caPem } = access;
  const hubCredentials = newHubCredentials({ certPem, keyPem }, caPem);
  const failures: string[] = [];
  let count = 0;
  const inner = newHttpTransport({ ...access, credentials: hubCredentials.source });
  const noteOf = (request: TransportRequest) => (error: unknown) => {
    if (!request.signal?.aborted) failures.push(`${request.method} ${request.path}: ${String(error)}`);
  };
  const transport: Transport = {
    ...(inner.onConnect ? { onConnect: (listener) => inner.onConnect?.(listener) ?? (() => {}) } : {}),
    close: () => inner.close(),
    request: async (request) => {
      count += 1;
      const note = noteOf(request);
      const response = await inner.request(request).catch((error: unknown) => {
        note(error);
        throw error;
      });
      if (response.status === 401 || response.status === 403 || response.status >= 500) note(response.status);
      return noting(response, note);
    },
  };
  const hub = newKubeClient({ transport, userAgent: 'pullet-test-agent' });
  world.onStop('watched client', () => hub.close());
  const clients = { hub, member: await clientOf(world, member.kubeconfig), hubCredentials };
  return { clients, failures, requests: () => count };
}

/** The same answer; that it broke off is noted too. */
function noting(response: TransportResponse, note: (error: unknown) => void): TransportResponse {
  const read = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* response.body;
    } catch (error) {
      note(error);
      throw error;
    }
  };
  const { status, headers } = response;
  return { status, headers, body: read() };
}
