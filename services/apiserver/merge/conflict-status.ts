import { StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { ManagedFieldsEntry } from '../../../shared/apis/meta/v1.ts';
import type { ApplyConflictError } from './merger.ts';

/** A conflict of appliers as clients see it: 409 with a cause for each field, in upstream's words, which kubectl takes apart for its advice. */
export function newApplyConflict(error: ApplyConflictError): StatusError {
  const causes = error.conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${managerText(manager)}`,
    field: path,
  }));
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: messageOf(error),
    reason: 'Conflict',
    details: { causes },
    code: 409,
  });
}

function messageOf({ conflicts, count }: ApplyConflictError): string {
  const [only] = conflicts;
  if (only && count === 1) {
    return `Apply failed with 1 conflict: conflict with ${managerText(only.manager)}: ${only.path}`;
  }
  const byManager = new Map<string, string[]>();
  for (const { manager, path } of conflicts) {
    const text = managerText(manager);
    const paths = byManager.get(text) ?? [];
    paths.push(`- ${path}`);
    byManager.set(text, paths);
  }
  const lines = [...byManager].flatMap(([manager, paths]) => [`conflicts with ${manager}:`, ...paths]);
  return `Apply failed with ${count} conflicts: ${lines.join('\n')}`;
}

function managerText({ manager = '', subresource, operation, apiVersion }: ManagedFieldsEntry): string {
  const name = JSON.stringify(manager) + (subresource ? ` with subresource ${JSON.stringify(subresource)}` : '');
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
