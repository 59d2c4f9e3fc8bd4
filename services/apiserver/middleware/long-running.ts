import type { RequestInfo } from '../request.ts';

/** Requests that last as long as their client likes: they have no deadline and no place among those in flight. As upstream. */
export function isLongRunning({ isResource, verb, subresource }: RequestInfo): boolean {
  return isResource && (verb === 'watch' || verb === 'proxy' || SUBRESOURCES.includes(subresource));
}

const SUBRESOURCES = ['attach', 'exec', 'log', 'portforward', 'proxy'];
