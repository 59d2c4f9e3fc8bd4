/** Simulated agents at work: each renews on its own beat, the beats spread over the period as they are with agents that started at any time. */

import type { LeaseConnection } from './lease-connection.ts';
import type { Bench } from './run-bench.ts';

export interface Fleet {
  size(): number;
  add(agent: LeaseConnection): void;
  /** What the renewals took since last asked. */
  take(): Renewals;
}

export interface Renewals {
  latenciesMs: number[];
  failed: number;
}

export const RENEW_PERIOD_MS = 10_000;

export function newFleet(bench: Bench): Fleet {
  const agents: LeaseConnection[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const busy = new Set<LeaseConnection>();
  let taken: Renewals = { latenciesMs: [], failed: 0 };
  let isOver = false;
  bench.onStop(() => {
    isOver = true;
    for (const timer of timers) clearTimeout(timer);
    for (const agent of agents) agent.close();
  });
  /** One that is not answered when the next is due takes its time on, as with a real agent. */
  const renew = async (agent: LeaseConnection): Promise<void> => {
    if (busy.has(agent)) return;
    busy.add(agent);
    const startMs = performance.now();
    try {
      await agent.renew();
      taken.latenciesMs.push(performance.now() - startMs);
    } catch (error) {
      if (!isOver && taken.failed++ === 0) console.log(`a renewal failed: ${String(error)}`);
    } finally {
      busy.delete(agent);
    }
  };
  /** By the clock: an interval of node's begins anew when it runs, so that all that a busy moment of this process made late would beat together from then on. */
  const beat = (agent: LeaseConnection, dueMs: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (isOver) return;
      void renew(agent);
      const missed = Math.floor((performance.now() - dueMs) / RENEW_PERIOD_MS);
      beat(agent, dueMs + (missed + 1) * RENEW_PERIOD_MS);
    }, dueMs - performance.now());
    timers.add(timer);
  };
  return {
    size: () => agents.length,
    add: (agent) => {
      agents.push(agent);
      beat(agent, performance.now() + Math.random() * RENEW_PERIOD_MS);
    },
    take: () => {
      const last = taken;
      taken = { latenciesMs: [], failed: 0 };
      return last;
    },
  };
}
