import { metricsText, newMetricsPage, processSamples, type Sample } from '../shared/process/metrics-text.ts';
import { type Page, type PageServer, servePagesAt } from '../shared/process/serve-pages.ts';
import type { AgentMetrics } from './agent-metrics.ts';
import type { AgentOptions } from './options.ts';

/** What the agent says of itself to probes and to Prometheus. */
export interface AgentHealth {
  isStopping: boolean;
  isLeading: boolean;
  isRegistered: boolean;
  /** The agent's own for the hub, if it has one; the end of the one in use, in milliseconds since the epoch. */
  certificate?: { notAfter(): number; isFailing: boolean };
  metrics?: AgentMetrics;
}

/** Listens where the options say; nowhere, usually, outside of a pod. */
export function serveHealth(options: AgentOptions, health: AgentHealth): Promise<PageServer[]> {
  const alive: Page = { read: () => ({ ok: !health.isStopping, text: health.isStopping ? 'stopping' : 'ok' }) };
  const ready: Page = {
    read: () => {
      if (health.isStopping) return alive.read();
      const ok = !health.isLeading || health.isRegistered;
      return { ok, text: ok ? 'ok' : 'not registered with the hub yet' };
    },
  };
  const metrics = newMetricsPage(() => metricsText(samples(health)) + (health.metrics?.text() ?? ''));
  return servePagesAt([
    [options.healthAddress, { '/healthz': alive, '/livez': alive, '/readyz': ready }],
    [options.metricsAddress, { '/metrics': metrics }],
  ]);
}

function samples(health: AgentHealth): Sample[] {
  return [
    ['pullet_agent_leading', 'Whether this replica leads.', Number(health.isLeading)],
    ['pullet_agent_registered', 'Whether the Cluster is known to the hub.', Number(health.isRegistered)],
    ...certificateSamples(health),
    ...processSamples(),
  ];
}

function certificateSamples({ certificate }: AgentHealth): Sample[] {
  if (!certificate) return [];
  return [
    [
      'pullet_agent_certificate_expiration_seconds',
      "End of the agent's certificate, in seconds since the epoch.",
      certificate.notAfter() / 1000,
    ],
    [
      'pullet_agent_certificate_rotation_failing',
      'Whether the last try to renew it came to nothing.',
      Number(certificate.isFailing),
    ],
  ];
}
