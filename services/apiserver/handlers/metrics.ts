import type { Registry as MetricsRegistry } from 'prom-client';
import type { Handler } from '../request.ts';

/** `/metrics`, in Prometheus' text format. */
export function newMetricsHandler(metrics: MetricsRegistry): Handler {
  return async () => ({
    status: 200,
    headers: { 'content-type': metrics.contentType },
    body: await metrics.metrics(),
  });
}
