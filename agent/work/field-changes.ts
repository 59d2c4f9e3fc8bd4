import { isDeepStrictEqual } from 'node:util';
import { LAST_APPLIED_ANNOTATION, type Unstructured } from '../../shared/apis/meta/v1.ts';
import { MANAGED_LABEL, WORK_NAME_ANNOTATION, WORK_NAMESPACE_ANNOTATION } from '../../shared/apis/work/v1alpha1.ts';
import { ownField } from './field-path.ts';

/** A field that an apply would change; a side that is absent has no such field. */
export interface FieldChange {
  field: string;
  before?: unknown;
  after?: unknown;
}

const MAX_CHANGES = 200;
const MAX_VALUE = 1000;
const SERVER_FIELDS = ['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'selfLink'];

/** What differs between an object and what an apply would make of it, without what the server itself writes, the marks of delivery and kubectl's; no Secret's data. */
export function fieldChanges(before: Unstructured, after: Unstructured): FieldChange[] {
  const changes = differences(comparable(before), comparable(after), '').slice(0, MAX_CHANGES);
  return changes.map((change) => (isSecretData(after, change.field) ? masked(change) : shortened(change)));
}

function comparable(object: Unstructured): Unstructured {
  const { status: _, ...rest } = structuredClone(object) as Unstructured & { status?: unknown };
  const metadata = rest.metadata as Record<string, unknown>;
  for (const field of SERVER_FIELDS) delete metadata[field];
  delete rest.metadata.labels?.[MANAGED_LABEL];
  delete rest.metadata.annotations?.[WORK_NAME_ANNOTATION];
  delete rest.metadata.annotations?.[WORK_NAMESPACE_ANNOTATION];
  delete rest.metadata.annotations?.[LAST_APPLIED_ANNOTATION];
  for (const field of ['labels', 'annotations']) {
    if (Object.keys((metadata[field] as object | undefined) ?? {}).length === 0) delete metadata[field];
  }
  return rest as Unstructured;
}

function differences(before: unknown, after: unknown, field: string): FieldChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => differences(ownField(before, key), ownField(after, key), `${field}${step(key)}`));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, index) => differences(item, after[index], `${field}[${index}]`));
  }
  return [{ field, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

const step = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);

function isSecretData({ apiVersion, kind }: Unstructured, field: string): boolean {
  return apiVersion === 'v1' && kind === 'Secret' && /^\.(data|stringData)\b/.test(field);
}

/** As kubectl diff masks them: that it changes is told, not from what to what. */
function masked({ field, before, after }: FieldChange): FieldChange {
  return {
    field,
    ...(before === undefined ? {} : { before: '*** (before)' }),
    ...(after === undefined ? {} : { after: '*** (after)' }),
  };
}

function shortened({ field, before, after }: FieldChange): FieldChange {
  const short = (value: unknown): unknown => {
    const text = JSON.stringify(value) ?? '';
    return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : value;
  };
  return {
    field,
    ...(before === undefined ? {} : { before: short(before) }),
    ...(after === undefined ? {} : { after: short(after) }),
  };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
