import { createHash } from 'node:crypto';
import type { FieldsV1, Unstructured } from '../../shared/apis/meta/v1.ts';
import { AGENT_FIELD_MANAGER } from '../../shared/apis/work/v1alpha1.ts';
import { ownField } from './field-path.ts';

/**
 * A short value that changes exactly when a field that we own in a live object changes, or when somebody takes one from us: a digest of our
 * server-side apply entry among the managedFields together with the values at its paths. Comparing the digest after our own
 * apply with later ones is all that drift detection needs, so no object is kept for it, and what others own never matters.
 */

/** Empty if we own nothing of the object. */
export function ownedDigest(live: Unstructured): string {
  const entry = live.metadata.managedFields?.find(
    ({ manager, operation, subresource }) => manager === AGENT_FIELD_MANAGER && operation === 'Apply' && !subresource,
  );
  if (!entry?.fieldsV1) return '';
  return createHash('sha1').update(ownedText(entry.fieldsV1, live)).digest('base64url');
}

/** The steps of every path, each a line, and the values at their ends. In one piece: a hash that is fed bit by bit takes half as long again. */
function ownedText(fields: FieldsV1, value: unknown): string {
  let text = '';
  for (const step of Object.keys(fields).sort()) {
    text += `${step}\n`;
    if (step === '.') continue;
    const child = childAt(value, step);
    const below = fields[step] ?? {};
    text += Object.keys(below).length === 0 ? `${canonical(child)}\n` : ownedText(below, child);
  }
  return text;
}

/** The value one step further down; the steps are those of fieldsV1: `f:` field, `k:` list item by keys, `v:` set item, `i:` index. */
function childAt(value: unknown, step: string): unknown {
  const key = step.slice(2);
  if (step.startsWith('f:')) return ownField(value, key);
  if (!Array.isArray(value)) return undefined;
  if (step.startsWith('i:')) return value[Number(key)];
  const wanted: unknown = JSON.parse(key);
  if (step.startsWith('v:')) return value.find((item) => item === wanted);
  return value.find((item) => hasKeys(item, wanted));
}

/** A list key that is absent has its default, which only the server knows; the other keys decide then. */
function hasKeys(item: unknown, wanted: unknown): boolean {
  if (!isObject(item) || !isObject(wanted)) return false;
  return Object.entries(wanted).every(
    ([key, value]) => ownField(item, key) === undefined || ownField(item, key) === value,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'undefined';
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join(',')}}`;
}
