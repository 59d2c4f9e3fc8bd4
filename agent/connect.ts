import { VERSION } from '../shared/apis/version.ts';
import type { KubeClient } from '../shared/client/client.ts';
import { newHttpTransport } from '../shared/client/http2-transport.ts';
import { inClusterAccess } from '../shared/client/in-cluster.ts';
import { newKubeClient } from '../shared/client/kube-client.ts';
import { loadKubeconfig } from '../shared/client/kubeconfig.ts';
import type { Transport } from '../shared/client/transport.ts';
import type { TransportOptions } from '../shared/client/transport-options.ts';
import type { Clock } from '../shared/controller/clock.ts';
import type { HubRefusals } from './hub-refusals.ts';
import type { AgentOptions } from './options.ts';
import { type HubCredentials, newHubCredentials } from './register/hub-credentials.ts';

/** The agent's two connections: out to the hub, and to the member that it lives in. */
export interface AgentClients {
  hub: KubeClient;
  member: KubeClient;
  /** On the way to the member, by its kubeconfig; without a password. */
  memberProxy?: string;
  /** Where the hub's kubeconfig has a client certificate: the one in use. */
  hubCredentials?: HubCredentials;
  /** Of the same hub, by other authorities and as nobody; who asks closes it. */
  newAnonymousHub?: (caPem: string) => KubeClient;
}

const USER_AGENT = `pullet-agent/${VERSION}`;

/** Reads the kubeconfigs; nothing is dialled yet. Throws in words if one can't be used. */
export async function connect(
  options: AgentOptions,
  { clock, heard }: { clock: Clock; heard: HubRefusals['heard'] },
): Promise<AgentClients> {
  const [hub, member] = await Promise.all([hubTransport(options), memberTransport(options)]);
  const dial = (transport: TransportOptions): Transport =>
    newHttpTransport({ ...transport, userAgent: USER_AGENT, timers: clock });
  const clientOf = (transport: Transport): KubeClient => newKubeClient({ transport, userAgent: USER_AGENT, clock });
  const { certPem, keyPem, caPem } = hub;
  const memberSide = { member: clientOf(dial(member)), ...publicProxy(member) };
  if (!certPem || !keyPem) return { hub: clientOf(heard(dial(hub))), ...memberSide };
  const hubCredentials = newHubCredentials({ certPem, keyPem }, caPem);
  return {
    hub: clientOf(heard(dial({ ...hub, credentials: hubCredentials.source }))),
    ...memberSide,
    hubCredentials,
    newAnonymousHub: (authorities) => clientOf(dial(asNobody(hub, authorities))),
  };
}

/** The Cluster names it (the wire contract, section 4.3), and many may read that. */
function publicProxy({ proxyUrl }: TransportOptions): Pick<AgentClients, 'memberProxy'> {
  return proxyUrl ? { memberProxy: proxyUrl.replace(/\/\/[^@/]*@/, '//') } : {};
}

function asNobody(options: TransportOptions, caPem: string): TransportOptions {
  const { certPem, keyPem, token, tokenFile, basicAuth, credentials, impersonate, ...rest } = options;
  return { ...rest, caPem };
}

async function hubTransport({ hubKubeconfig: path, hubContext: context }: AgentOptions): Promise<TransportOptions> {
  return (await loadKubeconfig({ path, ...(context ? { context } : {}) })).transport;
}

/** In a pod, without a kubeconfig, the pod's own service account. */
export async function memberTransport(
  options: Pick<AgentOptions, 'memberKubeconfig' | 'memberContext'>,
): Promise<TransportOptions> {
  const { memberKubeconfig: path, memberContext: context } = options;
  if (!path) return (await inClusterAccess()).transport;
  return (await loadKubeconfig({ path, ...(context ? { context } : {}) })).transport;
}
