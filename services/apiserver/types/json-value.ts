/** JSON values, as request bodies hold them. */
export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What Kubernetes' messages call the type of a value. */
export function jsonTypeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** `spec` and `foo` → `spec.foo`; at the root → `foo`. */
export function childPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
