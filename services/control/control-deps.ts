import type { TLSSocket } from 'node:tls';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import type { RequestMetrics } from './metrics.ts';

/** What the control-plane API is made of. It has no rights of its own: each request is done with the client of its caller. */
export interface ControlDeps {
  /** Acts as the caller; undefined if nothing was presented that the hub reads. A credential that is no good shows when the client is used: 401. */
  clientFor(credentials: CallerCredentials): KubeClient | undefined;
  /** What a caller may present, in words, e.g. `a bearer token`. */
  acceptedCredentials: string;
  /** Where members reach the hub, for the register command. */
  endpoint(): HubEndpoint | Promise<HubEndpoint>;
  /** Rejects, in words, when the hub does not work. */
  checkHealth(): Promise<void>;
  limits?: ControlLimits;
  metrics?: RequestMetrics;
  /** Origins of pages that browsers may let call this API with a bearer token; none unless given. */
  corsOrigins?: readonly string[];
  clock: Clock;
  log: Logger;
}

/** As the caller's connection and request have them; nothing of it is verified here. */
export interface CallerCredentials {
  connection: TLSSocket;
  /** The token of `Authorization: Bearer …`. */
  bearerToken?: string;
  remoteAddress?: string;
}

export interface HubEndpoint {
  /** `https://host:port`. */
  server: string;
  /** '' where nobody knows it: then there is no register command. */
  caPem: string;
}

export interface ControlLimits {
  /** Of one caller, on average. */
  requestsPerSecond: number;
  /** Of one caller, at once. */
  burst: number;
}
