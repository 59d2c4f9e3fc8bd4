import { metricsText, newMetricsPage, processSamples, type Sample } from '../../shared/process/metrics-text.ts';
import { type Page, type PageServer, servePagesAt } from '../../shared/process/serve-pages.ts';
import type { ControllerSet } from '../controllers/controllers.ts';
import type { RealApiOptions } from './options.ts';

/** What a replica of a hub on a real Kubernetes API says of itself to probes and to Prometheus. The embedded API serves the like itself. */
export interface HubHealth {
  isStopping: boolean;
  /** Another replica has been seen to lead, and this one would follow it. */
  isStandby: boolean;
  /** Those of the replica that leads. */
  controllers?: Pick<ControllerSet, 'controllers' | 'hasSynced'>;
}

/**
 * Listens where the options say. A replica is ready when it leads and its controllers have what they decide by, and when it stands by: a rollout waits for new
 * replicas while an old one leads.
 */
export function serveHealth(
  options: Pick<RealApiOptions, 'healthAddress' | 'metricsAddress'>,
  health: HubHealth,
): Promise<PageServer[]> {
  const alive: Page = { read: () => ({ ok: !health.isStopping, text: health.isStopping ? 'stopping' : 'ok' }) };
  const ready: Page = {
    read: () => {
      const why = whyNotReady(health);
      return { ok: why === undefined, text: why ?? 'ok' };
    },
  };
  return servePagesAt([
    [options.healthAddress, { '/healthz': alive, '/livez': alive, '/readyz': ready }],
    [options.metricsAddress, { '/metrics': newMetricsPage(() => metricsText(samples(health)) + queueDepths(health)) }],
  ]);
}

function whyNotReady({ isStopping, isStandby, controllers }: HubHealth): string | undefined {
  if (isStopping) return 'the hub is stopping';
  if (controllers) return controllers.hasSynced() ? undefined : 'the controllers wait for what they decide by';
  return isStandby ? undefined : 'the hub is starting';
}

function samples(health: HubHealth): Sample[] {
  const isReady = whyNotReady(health) === undefined;
  return [
    ['pullet_hub_leading', 'Whether this replica leads.', Number(health.controllers !== undefined)],
    ['pullet_hub_ready', 'Whether it works, or stands by.', Number(isReady)],
    ...processSamples(),
  ];
}

/** By the name that Kubernetes' own controllers give it. */
function queueDepths({ controllers }: HubHealth): string {
  if (!controllers) return '';
  const name = 'workqueue_depth';
  const lines = controllers.controllers.map((each) => `${name}{name="${each.name}"} ${each.depth()}\n`);
  return `# HELP ${name} Keys that wait to be looked at, by controller.\n# TYPE ${name} gauge\n${lines.join('')}`;
}
