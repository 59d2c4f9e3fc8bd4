import type { RequestContext } from '../request.ts';
import { strategyOf } from '../resources/strategies.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { objectKey } from './keys.ts';
import type { Registry } from './registry.ts';
import { subjectOf } from './target.ts';
import type { WriteRequest } from './write-request.ts';

/** A write that the server makes by itself, as upstream's loopback client does. */
export function newSystemRequest(
  registry: Registry,
  definition: ResourceDefinition,
  { namespace, name }: { namespace: string; name: string },
): WriteRequest {
  const user = { name: 'system:apiserver', groups: ['system:masters'] };
  const { group, version, plural } = definition;
  const { signal } = new AbortController();
  const context: RequestContext = {
    request: {
      method: 'DELETE',
      path: '',
      query: new URLSearchParams(),
      headers: {},
      body: async () => new Uint8Array(),
      signal,
    },
    signal: () => signal,
    info: {
      isResource: true,
      verb: 'delete',
      path: '',
      group,
      version,
      namespace,
      resource: plural,
      subresource: '',
      name,
    },
    user,
    warnings: [],
  };
  return {
    registry,
    context,
    target: {
      definition,
      namespace,
      name,
      key: objectKey(definition, namespace, name),
      subject: subjectOf(definition, name),
    },
    options: { dryRun: false, fieldValidation: 'Ignore', manager: 'apiserver' },
    strategy: strategyOf(definition),
    write: { registry, user, definition, subresource: '', verb: 'delete', namespace, nowMs: registry.clock.now() },
  };
}
