import { expect, test } from 'vitest';
import type { RequestContext } from '../request.ts';
import { newRequestInfo } from '../request-info.ts';
import { newCatalog } from '../types/catalog.ts';
import type { Registry } from './registry.ts';
import { selectionOf } from './selection.ts';
import { resolveTarget } from './target.ts';

/** What was authorized is one name, so nothing else may come, whatever the path looks like. */
test.each([
  '/api/v1/watch/secrets/mine',
  '/api/v1/watch/namespaces/n/secrets/mine',
  '/api/v1/secrets?watch=1&fieldSelector=metadata.name%3Dmine',
  '/api/v1/namespaces/n/secrets?fieldSelector=metadata.name%3Dmine%2Cmetadata.name%3Dother',
])('%s selects nothing but what it names', (target) => {
  const [path = '', search = ''] = target.split('?');
  const query = new URLSearchParams(search);
  const info = newRequestInfo({ method: 'GET', path, query });
  expect(info.name).toBe('mine');
  const registry = { catalog: newCatalog() } as unknown as Registry;
  const selection = selectionOf(resolveTarget(registry, { info } as RequestContext), query);
  const secret = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'n', name } });
  expect(selection.matches?.(secret('other'))).toBe(false);
  expect(selection.matches?.(secret('mine2'))).toBe(false);
});
