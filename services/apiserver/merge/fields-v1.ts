import type { FieldsV1 } from '../../../shared/apis/meta/v1.ts';
import { type FieldSet, isEmptySet, type MutableFieldSet, newFieldSet } from './field-set.ts';
import { isJsonObject } from './json-value.ts';
import { type PathElement, parsePathElement, sortedPathElements } from './path-element.ts';

/** Field sets on the wire: the `fieldsV1` of a managedFields entry. A step with `{}` is a member, one with `.` is a member with more below it. */

export function encodeFieldsV1(set: FieldSet): FieldsV1 {
  const out: FieldsV1 = {};
  const elements = new Set<PathElement>([...set.members, ...set.children.keys()]);
  for (const element of sortedPathElements(elements)) {
    const child = set.children.get(element);
    const below = child && !isEmptySet(child) ? encodeFieldsV1(child) : {};
    out[element] = child && set.members.has(element) && Object.keys(below).length > 0 ? { '.': {}, ...below } : below;
  }
  return out;
}

/** Throws when it is no field set. Unknown kinds of steps are dropped. */
export function decodeFieldsV1(fields: unknown): FieldSet {
  const set = newFieldSet();
  readInto(set, fields);
  return set;
}

/** Whether what is read is (also) a member itself. */
function readInto(set: MutableFieldSet, fields: unknown): boolean {
  if (!isJsonObject(fields)) throw new Error('fieldsV1 is not an object');
  let isMember = false;
  for (const [key, value] of Object.entries(fields)) {
    if (key === '.') isMember = true;
    else readElement(set, key, value);
  }
  return isMember || (set.members.size === 0 && set.children.size === 0);
}

function readElement(set: MutableFieldSet, key: string, value: unknown): void {
  const element = parsePathElement(key);
  if (element === undefined) return;
  const child = set.children.get(element) ?? newFieldSet();
  if (readInto(child, value)) set.members.add(element);
  if (child.members.size > 0 || child.children.size > 0) set.children.set(element, child);
}
