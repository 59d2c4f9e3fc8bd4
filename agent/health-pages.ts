import type { AgentMetrics } from './agent-metrics.ts';
import type { AgentOptions } from './options.ts';
import { type Page, type PageServer, servePages } from './serve-health.ts';

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
export async function serveHealth(options: AgentOptions, health: AgentHealth): Promise<PageServer[]> {
  const alive: Page = { read: () => ({ ok: !health.isStopping, text: health.isStopping ? 'stopping' : 'ok' }) };
  const ready: Page = {
    read: () => {
      const ok = !health.isStopping && (!health.isLeading || health.isRegistered);
      return { ok, text: ok ? 'ok' : 'not registered with the hub yet' };
    },
  };
  const metrics: Page = {
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    read: () => ({ ok: true, text: metricsText(health) + (health.metrics?.text() ?? '') }),
  };
  const pages = new Map<string, Record<string, Page>>();
  const { healthAddress, metricsAddress } = options;
  if (healthAddress) pages.set(healthAddress, { '/healthz': alive, '/livez': alive, '/readyz': ready });
  if (metricsAddress) pages.set(metricsAddress, { ...pages.get(metricsAddress), '/metrics': metrics });
  return Promise.all([...pages].map(([address, served]) => servePages(address, served)));
}

function certificateGauges({ certificate }: AgentHealth): [string, string, number][] {
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

/** Prometheus' text format. */
function metricsText(health: AgentHealth): string {
  const memory = process.memoryUsage.rss();
  const { user, system } = process.cpuUsage();
  const gauges: [string, string, number][] = [
    ['pullet_agent_leading', 'Whether this replica leads.', Number(health.isLeading)],
    ['pullet_agent_registered', 'Whether the Cluster is known to the hub.', Number(health.isRegistered)],
    ...certificateGauges(health),
    ['process_resident_memory_bytes', 'Resident memory size in bytes.', memory],
    ['process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', (user + system) / 1e6],
  ];
  return gauges
    .map(([name, help, value]) => {
      const type = name.endsWith('_total') ? 'counter' : 'gauge';
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`;
    })
    .join('');
}
