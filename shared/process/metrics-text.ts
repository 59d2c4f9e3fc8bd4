import type { Page } from './serve-pages.ts';

/** Prometheus' text format (exposition format 0.0.4), by hand: a library for a few numbers is felt on small machines. */

/** A name that ends in `_total` is a counter, any other a gauge. */
export type Sample = readonly [name: string, help: string, value: number];

export function metricsText(samples: readonly Sample[]): string {
  return samples
    .map(([name, help, value]) => {
      const type = name.endsWith('_total') ? 'counter' : 'gauge';
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`;
    })
    .join('');
}

/** What this process uses, by the names that Prometheus' own clients give it. */
export function processSamples(): Sample[] {
  const { user, system } = process.cpuUsage();
  return [
    ['process_resident_memory_bytes', 'Resident memory size in bytes.', process.memoryUsage.rss()],
    ['process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', (user + system) / 1e6],
  ];
}

export function newMetricsPage(read: () => string): Page {
  return {
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    read: () => ({ ok: true, text: read() }),
  };
}
