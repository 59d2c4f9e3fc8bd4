/** How many requests a kube-apiserver has answered, by what was asked: what an agent costs its hub and its member. */

import type { KubeClient } from '../../shared/client/client.ts';

/** By `VERB resource`, as `PATCH deployments` or `PUT works/status`. */
export type RequestCounts = ReadonlyMap<string, number>;

const LINE = /^apiserver_request_total\{(.*)\} (\S+)$/;
/** They are counted when they end, and are of no work. */
const LONG = new Set(['WATCH', 'CONNECT']);

/** Since the server started, of all clients together. */
export async function requestCounts(client: KubeClient): Promise<RequestCounts> {
  const counts = new Map<string, number>();
  const text = await client.raw({ method: 'GET', path: '/metrics', headers: { accept: 'text/plain' } });
  for (const line of text.split('\n')) {
    const [, labels = '', value = ''] = LINE.exec(line) ?? [];
    const labelled = new Map([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, text = '']) => [name, text]));
    const verb = labelled.get('verb') ?? '';
    if (verb === '' || LONG.has(verb) || !labelled.get('resource')) continue;
    const asked = [labelled.get('resource'), labelled.get('subresource')].filter(Boolean).join('/');
    counts.set(`${verb} ${asked}`, (counts.get(`${verb} ${asked}`) ?? 0) + Number(value));
  }
  return counts;
}

/** For each of `works`, most first: `2.0 PATCH configmaps, 0.3 PUT secrets`. What is less than one in a hundred is left out. */
export function requestsPerWork(counts: RequestCounts, works: number): string {
  return [...counts]
    .map(([asked, count]): [string, number] => [asked, count / works])
    .filter(([, each]) => each >= 0.01)
    .sort(([, one], [, other]) => other - one)
    .map(([asked, each]) => `${each.toFixed(2)} ${asked}`)
    .join(', ');
}
