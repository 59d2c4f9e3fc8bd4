import type { Clock } from '../shared/controller/clock.ts';
import { type DeliveryMetrics, OTHER_REASON } from './work/delivery-metrics.ts';

/**
 * What the agent counts, in Prometheus' text format (exposition format 0.0.4). Written by hand: the agent runs on machines where a library for two
 * counters and a histogram is felt.
 */
export interface AgentMetrics {
  delivery: DeliveryMetrics;
  /** From now on, until what is returned is called, heartbeats are due: the hub is to have taken one within so many milliseconds. */
  heartbeatsDue(withinMs: number): () => void;
  /** The hub has taken a heartbeat; milliseconds since the epoch. */
  hubHeard(nowMs: number): void;
  text(): string;
}

const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Reasons come from members, and each is kept for ever. */
const MAX_REASONS = 50;

export function newAgentMetrics(clock: Pick<Clock, 'monotonic'>): AgentMetrics {
  const buckets = BUCKETS.map(() => 0);
  const failures = new Map<string, number>();
  let [sum, count, corrections, heardMs] = [0, 0, 0, 0];
  let heardAtMs = 0; // by the monotonic clock
  let depth = (): number => 0;
  let dueWithinMs: number | undefined;
  const observe = (seconds: number): void => {
    sum += seconds;
    count += 1;
    BUCKETS.forEach((bound, index) => {
      if (seconds <= bound) buckets[index] = (buckets[index] ?? 0) + 1;
    });
  };
  const delivery: DeliveryMetrics = {
    delivered: (did, seconds) => {
      observe(seconds);
      if (did === 'corrected') corrections += 1;
    },
    failed: (reason) => {
      const label = failures.has(reason) || failures.size < MAX_REASONS ? reason : OTHER_REASON;
      failures.set(label, (failures.get(label) ?? 0) + 1);
    },
    queue: (asked) => {
      depth = asked;
    },
  };
  const histogram = (name: string): string[] => [
    ...BUCKETS.map((bound, index) => `${name}_bucket{le="${bound}"} ${buckets[index]}`),
    `${name}_bucket{le="+Inf"} ${count}`,
    `${name}_sum ${sum}`,
    `${name}_count ${count}`,
  ];
  const text = (): string =>
    [
      ...family(
        'pullet_agent_apply_duration_seconds',
        'histogram',
        'Time to apply a manifest in the member.',
        histogram,
      ),
      ...family(
        'pullet_agent_apply_failures_total',
        'counter',
        'Manifests that could not be applied, by reason.',
        (name) => [...failures].map(([reason, times]) => `${name}{reason="${labelValue(reason)}"} ${times}`),
      ),
      ...family(
        'pullet_agent_drift_corrected_total',
        'counter',
        'Objects in the member that were set back.',
        (name) => [`${name} ${corrections}`],
      ),
      ...family('pullet_agent_work_queue_depth', 'gauge', 'Works that wait to be looked at.', (name) => [
        `${name} ${depth()}`,
      ]),
      ...(dueWithinMs === undefined
        ? []
        : family(
            'pullet_agent_hub_connected',
            'gauge',
            "Whether the hub has taken a heartbeat within the lease's duration; only where heartbeats are due, so not of a replica that stands by.",
            (name) => [`${name} ${Number(heardMs > 0 && clock.monotonic() - heardAtMs < (dueWithinMs ?? 0))}`],
          )),
      ...family(
        'pullet_agent_hub_heartbeat_timestamp_seconds',
        'gauge',
        'When the hub took the last heartbeat, in seconds since the epoch; 0 before the first.',
        (name) => [`${name} ${heardMs / 1000}`],
      ),
      '',
    ].join('\n');
  return {
    delivery,
    heartbeatsDue: (withinMs) => {
      dueWithinMs = withinMs;
      return () => {
        dueWithinMs = undefined;
      };
    },
    hubHeard: (nowMs) => {
      [heardMs, heardAtMs] = [nowMs, clock.monotonic()];
    },
    text,
  };
}

/** As the format has it. */
function labelValue(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function family(name: string, type: string, help: string, samples: (name: string) => string[]): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples(name)];
}
