import type { FieldsV1 } from '../../shared/apis/meta/v1.ts';

/**
 * Where a field is in an object. An item of a list is known by what tells it from its neighbours, not by its place, which differs between a manifest
 * and the live object.
 */
export type FieldPath = readonly FieldStep[];
export type FieldStep = string | ItemIdentity;
export type ItemIdentity = Readonly<Record<string, unknown>>;

type Fields = Record<string, unknown>;

/** What tells items of Kubernetes' lists apart: their merge keys, and a name where there is one. */
const IDENTITY_KEYS = ['name', 'containerPort', 'port', 'protocol', 'mountPath', 'devicePath', 'ip', 'key', 'type'];

/**
 * The path that a JSON pointer (RFC 6901) names in `object`; undefined if the object has no such field. Throws an Error in words if the pointer is none, or
 * leads through a list whose items nothing tells apart.
 */
export function pathOf(object: unknown, pointer: string): FieldPath | undefined {
  if (!pointer.startsWith('/') || pointer === '/')
    throw new Error(`${pointer} is no JSON pointer, such as /spec/replicas`);
  const path: FieldStep[] = [];
  let at = object;
  for (const token of pointer.slice(1).split('/')) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const step = Array.isArray(at) ? identityOf(at[Number(key)], pointer) : key;
    at = Array.isArray(at) ? at[Number(key)] : ownField(at, key);
    if (at === undefined || step === undefined) return undefined;
    path.push(step);
  }
  return path;
}

function identityOf(item: unknown, pointer: string): ItemIdentity | undefined {
  if (item === undefined) return undefined;
  const keys = isFields(item) ? IDENTITY_KEYS.filter((key) => isScalar(item[key])) : [];
  if (keys.length === 0) throw new Error(`${pointer} leads into a list whose items have no name`);
  return Object.fromEntries(keys.map((key) => [key, (item as Fields)[key]]));
}

/** The field of that name; `constructor` and `__proto__`, which every JavaScript object has, are none. Undefined of what is no map. */
export function ownField(value: unknown, name: string): unknown {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export function valueAt(object: unknown, path: FieldPath): unknown {
  return path.reduce((at, step) => {
    if (typeof step === 'string') return ownField(at, step);
    return Array.isArray(at) ? at.find((item) => isItem(item, step)) : undefined;
  }, object);
}

/** Sets the value, making what leads there. */
export function setAt(object: Fields, path: FieldPath, value: unknown): void {
  let at: unknown = object;
  path.forEach((step, index) => {
    const isLast = index === path.length - 1;
    if (typeof step !== 'string') {
      at = itemOf(at as unknown[], step, isLast ? value : undefined);
      return;
    }
    const next = isLast ? value : typeof path[index + 1] === 'string' ? {} : [];
    at = childOf(at as Fields, step, next, isLast);
  });
}

function childOf(at: Fields, step: string, next: unknown, isLast: boolean): unknown {
  if (isLast || ownField(at, step) === undefined) {
    Object.defineProperty(at, step, { value: next, enumerable: true, configurable: true, writable: true });
  }
  return ownField(at, step);
}

/** The item, or the value in its place. */
function itemOf(at: unknown[], identity: ItemIdentity, value?: unknown): unknown {
  const found = at.findIndex((item) => isItem(item, identity));
  const item = value ?? at[found] ?? { ...identity };
  at[found < 0 ? at.length : found] = item;
  return item;
}

/** Takes the field, or the item, away, and what is empty then. */
export function removeAt(object: Fields, path: FieldPath): void {
  const parent = valueAt(object, path.slice(0, -1));
  const last = path.at(-1);
  if (typeof last === 'object' && Array.isArray(parent)) {
    const found = parent.findIndex((item) => isItem(item, last));
    if (found >= 0) parent.splice(found, 1);
  } else if (typeof last === 'string' && isFields(parent)) delete parent[last];
  else return;
  if (path.length > 1 && Object.keys(parent).length === 0) removeAt(object, path.slice(0, -1));
}

/** Whether a manager's fields hold the field, or something in it. */
export function ownsField(fields: FieldsV1 | undefined, path: FieldPath): boolean {
  let at = fields;
  for (const step of path) {
    const key = Object.keys(at ?? {}).find((name) => isStep(name, step));
    if (!at || key === undefined) return false;
    at = at[key] as FieldsV1;
  }
  return true;
}

function isStep(name: string, step: FieldStep): boolean {
  if (typeof step === 'string') return name === `f:${step}`;
  return (
    name.startsWith('k:') &&
    Object.entries(JSON.parse(name.slice(2)) as Fields).every(
      ([key, value]) => ownField(step, key) === undefined || ownField(step, key) === value,
    )
  );
}

/** It says the same of what it says, and not nothing. */
function isItem(item: unknown, identity: ItemIdentity): boolean {
  if (!isFields(item)) return false;
  const said = Object.entries(identity).filter(([key]) => item[key] !== undefined);
  return said.length > 0 && said.every(([key, value]) => item[key] === value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isScalar = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';
