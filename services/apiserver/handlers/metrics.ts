import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Registry as MetricsRegistry } from 'prom-client';
import type { Handler } from '../request.ts';

/** `/metrics`, in Prometheus' text format; in gzip for who takes it, as Prometheus does. */
export function newMetricsHandler(metrics: MetricsRegistry): Handler {
  const type = { 'content-type': `${metrics.contentType}; escaping=underscores` };
  return async ({ request }) => {
    const body = await metrics.metrics();
    if (!prefersGzip(request.headers['accept-encoding'])) return { status: 200, headers: type, body };
    const headers = { ...type, 'content-encoding': 'gzip' };
    return { status: 200, headers, body: await compress(body, { level: LEVEL }) };
  };
}

const LEVEL = 1;
const compress = promisify(gzip);

/** What is not told of it (`identity`) is wanted only if `*` is. Source: RFC 9110, 12.5.3; client_golang, promhttp. */
function prefersGzip(header: string | undefined): boolean {
  const qualities = new Map((header ?? '').split(',').map(parseCoding));
  const any = qualities.get('*') ?? 0;
  const [packed, plain] = ['gzip', 'identity'].map((coding) => qualities.get(coding) ?? any);
  return (packed ?? 0) > (plain ?? 0);
}

function parseCoding(text: string): [coding: string, quality: number] {
  const [coding = '', quality] = text.split(';').map((part) => part.trim());
  return [coding, quality === undefined ? 1 : Number(quality.replace(/^q=/, '')) || 0];
}
