/** Steps in the fewest words, for sequences. */

import type { Body, Kind } from './objects.ts';
import { contentTypes, create, nameIn, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

export type Query = NonNullable<Step['query']>;

export const read = (path: string, query: Query = {}, more: Partial<Step> = {}): Step => ({
  method: 'GET',
  path,
  query,
  ...more,
});

export const post = (path: string, body: unknown, more: Partial<Step> = {}): Step => ({
  method: 'POST',
  path,
  body,
  ...more,
});

export const mergePatch = (path: string, body: unknown, more: Partial<Step> = {}): Step => ({
  method: 'PATCH',
  path,
  contentType: contentTypes.merge,
  body,
  ...more,
});

export const remove = (path: string, options?: Body, query: Query = {}): Step => ({
  method: 'DELETE',
  path,
  query,
  ...(options ? { body: { kind: 'DeleteOptions', apiVersion: 'v1', ...options } } : {}),
});

/** The path of one object of a kind. */
export const at = (kind: Kind, name: string): string => `${pathOf(kind)}/${nameIn(kind, name)}`;

export { create, pathOf };
