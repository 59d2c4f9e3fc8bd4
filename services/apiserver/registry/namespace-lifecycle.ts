import type { Namespace } from '../../../shared/apis/core/v1.ts';
import { newForbidden, newNotFound, type StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { Registry } from './registry.ts';
import type { Target } from './target.ts';

/** Nothing is created in a namespace that does not exist or is going; that there is none is for validation to tell. Source: the admission plugin NamespaceLifecycle. Throws 404 and 403. */
export function checkNamespace(registry: Registry, { definition, namespace, subject }: Target): void {
  if (!definition.namespaced || namespace === '') return;
  const entry = registry.storage.get(`/core/namespaces//${namespace}`);
  if (!entry) throw newNotFound({ resource: 'namespaces', name: namespace });
  const found: Namespace = JSON.parse(Buffer.from(entry.value).toString());
  if (found.metadata.deletionTimestamp) throw newTerminating(subject, namespace);
}

/** 403: the namespace is going. */
export function newTerminating(subject: Target['subject'], namespace: string): StatusError {
  const error = newForbidden(
    subject,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
  const message = `namespace ${namespace} is being terminated`;
  Object.assign(error.status.details ?? {}, {
    causes: [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }],
  });
  return error;
}
