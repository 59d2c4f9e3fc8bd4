import { setMaxListeners } from 'node:events';
import { text } from 'node:stream/consumers';
import { VERSION } from '../shared/apis/version.ts';
import type { KubeClient } from '../shared/client/client.ts';
import { newHttpTransport } from '../shared/client/http2-transport.ts';
import { newKubeClient } from '../shared/client/kube-client.ts';
import { type ClusterAccess, loadKubeconfig } from '../shared/client/kubeconfig.ts';
import { kubeconfigUser } from '../shared/client/kubeconfig-user.ts';
import { refusalReason } from '../shared/client/refusal-reason.ts';
import { newTimers } from '../shared/client/timers.ts';
import type { TransportOptions } from '../shared/client/transport-options.ts';
import type { Clock } from '../shared/controller/clock.ts';
import { Interrupted } from './error-text.ts';
import type { Endpoint, Factory, HubFlags, MemberFlags } from './factory.ts';
import { newStreams, watchOutput } from './streams.ts';

/** Ctrl-C, who ends a service, and a terminal that is closed. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The factory of a real `pullet` process: its environment, its streams, clients made from kubeconfig files, and Ctrl-C as a signal. */
export function newProcessFactory(): Factory {
  const clients: KubeClient[] = [];
  const interrupt = new AbortController();
  // Whatever a command does at the same time listens, and is meant to.
  setMaxListeners(0, interrupt.signal);
  const onSignal = (name: NodeJS.Signals): void => interrupt.abort(new Interrupted(name));
  for (const name of ENDING) process.once(name, onSignal);
  // Where nobody reads any more nothing is left to be said, but everything to be stopped (`pullet demo | head`).
  const gone = (): void => onSignal('SIGPIPE');
  watchOutput(process.stdout, { gone, lost: outputLost });
  watchOutput(process.stderr, { gone, lost: failAtExit });

  const clientFor = (transport: TransportOptions): KubeClient => {
    const userAgent = `pullet/${VERSION}`;
    const { signal } = interrupt;
    const client = newKubeClient({ transport: newHttpTransport({ ...transport, userAgent }), userAgent, signal });
    clients.push(client);
    return client;
  };
  let asked: ClusterAccess | undefined;
  return {
    hubClient: async (flags) => {
      asked = await hubAccess(flags);
      return clientFor(asked.transport);
    },
    hubEndpoint: async (flags) => endpointOf(await hubAccess(flags)),
    memberClient: async (flags) => clientFor((await memberAccess(flags)).transport),
    memberEndpoint: async (flags) => endpointOf(await memberAccess(flags)),
    clientFor,
    whyRefused: async (error) =>
      asked && refusalReason(asked, error, { clock: foregroundClock, signal: interrupt.signal }),
    streams: {
      ...newStreams({ out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text) }),
      in: () => text(process.stdin),
      isTerminal: process.stdout.isTTY === true,
    },
    clock: foregroundClock,
    env: process.env,
    signal: interrupt.signal,
    close: async () => {
      for (const name of ENDING) process.off(name, onSignal);
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

function outputLost(error: Error): void {
  process.stderr.write(`error: cannot write to standard output: ${error.message}\n`);
  failAtExit();
}

/** Whatever became of the command: who asked has not got all of the answer. */
function failAtExit(): void {
  process.once('exit', () => {
    process.exitCode ||= 1;
  });
}

/** A command that waits is what keeps its process alive. */
const foregroundClock: Clock = newTimers((task, delayMs) => setTimeout(task, delayMs));

async function hubAccess({ kubeconfig, karmadaContext, impersonate }: HubFlags): Promise<ClusterAccess> {
  const access = await loadKubeconfig({
    ...(kubeconfig ? { path: kubeconfig } : {}),
    ...(karmadaContext ? { context: karmadaContext } : {}),
  });
  return impersonate ? { ...access, transport: { ...access.transport, impersonate } } : access;
}

function memberAccess({ kubeconfig, context }: MemberFlags): Promise<ClusterAccess> {
  return loadKubeconfig({ ...(kubeconfig ? { path: kubeconfig } : {}), ...(context ? { context } : {}) });
}

function endpointOf(access: ClusterAccess): Endpoint {
  const { server, caPem, tlsServerName, insecureSkipTlsVerify, proxyUrl } = access.transport;
  return {
    server,
    clusterName: access.clusterName,
    user: kubeconfigUser(access),
    ...(caPem ? { caPem } : {}),
    ...(tlsServerName ? { tlsServerName } : {}),
    ...(insecureSkipTlsVerify ? { insecureSkipTlsVerify } : {}),
    ...(proxyUrl ? { proxyUrl } : {}),
  };
}
