import { setMaxListeners } from 'node:events';
import { type Elector, type LeaderElectionOptions, leadUntilLost, newElector } from './leader-election.ts';

/**
 * Leadership in two parts, for work whose own subject keeps the lease: while that does not answer, nobody can renew the lease and nobody can take it. What only the
 * leader may do ends then; what tells others of it goes on, until somebody else is known to lead.
 */
export interface TermWork {
  /** Begins when the lease is first had. Ends, when its signal aborts, by a stop or because another leads. */
  hold(term: Term): Promise<void>;
  /** Begins when the lease is had, again and again in one term. Ends, when its signal aborts, as soon as the lease is not surely ours. */
  lead(signal: AbortSignal): Promise<void>;
}

export interface Term {
  readonly signal: AbortSignal;
  /** False while nobody can say who has the lease. */
  isSure(): boolean;
  /** Another was seen at work: it has the lease. */
  giveUp(): void;
}

/** One term after the other, until `signal` aborts. Rejects with what `hold` or `lead` rejects with. */
export async function runTerms(options: LeaderElectionOptions, work: TermWork, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const elector = newElector(options);
    if (!(await elector.acquire(signal))) return;
    await runTerm(elector, options, work, signal);
  }
}

async function runTerm(
  elector: Elector,
  options: LeaderElectionOptions,
  { hold, lead }: TermWork,
  signal: AbortSignal,
): Promise<void> {
  const holding = new AbortController();
  setMaxListeners(0, holding.signal);
  const stop = (): void => holding.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  let isSure = true;
  const giveUp = (): void => holding.abort(new Error('another leads'));
  const held = hold({ signal: holding.signal, isSure: () => isSure, giveUp }).catch((error: unknown) => {
    holding.abort(error);
    throw error;
  });
  held.catch(() => {}); // told below
  try {
    do {
      isSure = true;
      await leadUntilLost(elector, options, lead, holding.signal);
      isSure = false;
    } while (!holding.signal.aborted && (await elector.regain(holding.signal)) === 'held');
  } finally {
    holding.abort(new Error('the term has ended'));
    signal.removeEventListener('abort', stop);
    await held.finally(() => elector.release());
  }
}
