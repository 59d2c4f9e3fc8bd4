import type { KubeClient, RequestOptions } from './client.ts';
import { AGGREGATED_DISCOVERY, type DiscoveredApis, discover, fromAggregated, parseDocument } from './discovery.ts';

/**
 * Discovery for whoever asks again and again: a server with aggregated discovery sends nothing as long as nothing has changed, and then the answer is the very
 * object that it was before. Another server is asked for everything each time.
 */
export function newDiscovery(client: KubeClient): (options?: RequestOptions) => Promise<DiscoveredApis> {
  let kept: { parts: Part[]; apis: DiscoveredApis } | undefined;
  return async (options = {}) => {
    const parts = await Promise.all(PATHS.map((path, index) => readPart(client, path, kept?.parts[index], options)));
    if (!parts.every((part) => part !== undefined)) {
      kept = undefined;
      return discover(client, options);
    }
    if (kept && parts.every((part, index) => part === kept?.parts[index])) return kept.apis;
    const apis = {
      groupVersions: parts.flatMap(({ apis: { groupVersions } }) => groupVersions),
      unavailable: parts.flatMap(({ apis: { unavailable } }) => unavailable),
    };
    kept = { parts, apis };
    return apis;
  };
}

const PATHS = ['/api', '/apis'];

interface Part {
  etag: string;
  apis: DiscoveredApis;
}

/** Undefined where the server does not say it in this form. */
async function readPart(
  client: KubeClient,
  path: string,
  known: Part | undefined,
  options: RequestOptions,
): Promise<Part | undefined> {
  const headers = { accept: AGGREGATED_DISCOVERY, ...(known?.etag ? { 'if-none-match': known.etag } : {}) };
  const answer = await client.answer({ method: 'GET', path, headers, ...options });
  if (answer.status === 304 && known) return known;
  const { etag = '' } = answer.headers;
  const document = parseDocument(answer.text, path);
  return document.kind === 'APIGroupDiscoveryList' ? { etag, apis: fromAggregated(document) } : undefined;
}
