/** Steps and bodies in few words, for cases about one config map. */

import { configMap } from './objects.ts';
import { type Case, create } from './single-changes.ts';
import type { Step } from './step.ts';

export const maps = '/api/v1/namespaces/<<namespace>>/configmaps';
export const get = (path: string, query: Step['query'] = {}, more: Partial<Step> = {}): Step => ({
  method: 'GET',
  path,
  query,
  ...more,
});
export const post = (path: string, body: unknown, query: Step['query'] = {}): Step => ({
  method: 'POST',
  path,
  body,
  query,
});
export const raw = (
  method: string,
  path: string,
  text: string,
  contentType?: string,
  query: Step['query'] = {},
): Step => ({
  method,
  path,
  raw: text,
  query,
  ...(contentType === undefined ? {} : { contentType }),
});
export const map = (metadata: object, more: object = {}): Record<string, unknown> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata,
  ...more,
});

export const one = (name: string, ...steps: Step[]): Case => ({ name, steps });
export const made = create(configMap, 'a', { metadata: { labels: { app: 'x' }, annotations: { note: '1' } } });
export const merge = 'application/merge-patch+json';

export const remove = (body?: unknown, query: Step['query'] = {}): Step => ({
  method: 'DELETE',
  path: `${maps}/a`,
  query,
  ...(body === undefined ? {} : { body }),
});
