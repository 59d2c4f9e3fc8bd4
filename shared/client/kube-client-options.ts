import type { Timers } from './timers.ts';
import type { Transport } from './transport.ts';

/** What a client is made of. */
export interface KubeClientOptions {
  transport: Transport;
  /** Who asks, for the server's log and as the default field manager (up to the first slash). */
  userAgent?: string;
  /** Time for Retry-After and deadlines; a `Clock` fits. */
  clock?: Timers;
  /** How long a request other than a watch may take; 70 s unless given, which is more than servers allow themselves. */
  requestTimeoutMs?: number;
  /** Ends requests that bring no signal of their own, but those that are begun when it has aborted: they are what is left to be cleaned up. */
  signal?: AbortSignal;
  /** From 0 to 1, spreads what is sent again after Retry-After; tests fix it. */
  random?: () => number;
  /** Told of the texts of `Warning` headers. */
  onWarning?: (text: string) => void;
}
