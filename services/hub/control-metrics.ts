import { Counter, Histogram, Registry } from 'prom-client';
import type { RequestMetrics } from '../control/metrics.ts';

/** The metrics of the control-plane API, in a registry of their own: it may be served where the hub has no API of its own. */
export function newControlMetrics(): RequestMetrics {
  const registry = new Registry();
  const registers = [registry];
  const total = new Counter({
    name: 'pullet_control_requests_total',
    help: 'Requests to the control-plane API by route and how they were answered; 429 is for who asked too often.',
    labelNames: ['method', 'route', 'code'],
    registers,
  });
  const duration = new Histogram({
    name: 'pullet_control_request_duration_seconds',
    help: 'Time to the answer.',
    labelNames: ['method', 'route'],
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  return {
    observe: ({ method, route, code, seconds }) => {
      duration.observe({ method, route }, seconds);
      total.inc({ method, route, code });
    },
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
