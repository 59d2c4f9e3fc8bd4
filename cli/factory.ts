import type { KubeClient } from '../shared/client/client.ts';
import type { KubeconfigUser } from '../shared/client/kubeconfig-user.ts';
import type { Impersonation, TransportOptions } from '../shared/client/transport-options.ts';
import type { Clock } from '../shared/controller/clock.ts';

/** Which hub a command talks to; karmadactl's flags of the same names. */
export interface HubFlags {
  kubeconfig?: string;
  karmadaContext?: string;
  /** Ask as somebody else. */
  impersonate?: Impersonation;
}

/** Which member cluster a command talks to. */
export interface MemberFlags {
  kubeconfig?: string;
  context?: string;
}

/** Where a cluster is, as its kubeconfig says. */
export interface Endpoint {
  /** `https://host:port` */
  server: string;
  /** PEM bundle; absent when the system's CAs are trusted. */
  caPem?: string;
  /** The name that its certificate is for, where that is another. */
  tlsServerName?: string;
  /** Its certificate is not looked at. */
  insecureSkipTlsVerify?: boolean;
  /** Of the kubeconfig; may hold a password. */
  proxyUrl?: string;
  /** Cluster name of the chosen context. */
  clusterName: string;
  /** For messages. */
  user?: KubeconfigUser;
}

/** What a command needs of the world, handed out when it is first asked for; tests pass their own. */
export interface Factory {
  hubClient(flags: HubFlags): Promise<KubeClient>;
  hubEndpoint(flags: HubFlags): Promise<Endpoint>;
  memberClient(flags: MemberFlags): Promise<KubeClient>;
  memberEndpoint(flags: MemberFlags): Promise<Endpoint>;
  /** With credentials that come from no kubeconfig. */
  clientFor(transport: TransportOptions): KubeClient;
  /** Why the hub that was asked last refused it, or could not be trusted, where more is known of that than the error says. */
  whyRefused?(error: unknown): Promise<string | undefined>;
  readonly streams: Streams;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
  /** Closes the clients it made. */
  close(): Promise<void>;
}

export interface Streams {
  /** For people: text with its line breaks, in which control characters are written out. */
  out(text: string): void;
  err(text: string): void;
  /** For programs, to where `out` goes: data as it is. */
  exact(text: string): void;
  /** All of standard input. */
  in(): Promise<string>;
  readonly isTerminal: boolean;
}
