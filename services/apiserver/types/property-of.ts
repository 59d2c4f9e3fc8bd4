import type { Schema } from '../../../shared/apis/schema.ts';

/** The schema of a field that a schema lists: of `constructor` and `__proto__`, which every JavaScript object has, too only if it lists them. */
export function propertyOf({ properties }: Schema, name: string): Schema | undefined {
  return properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
}
