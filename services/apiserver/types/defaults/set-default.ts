import { isJsonObject, type JsonObject } from '../json-value.ts';

/** Completes an object in place. It may be of any shape that the kind's Go type allows. */
export type TypeDefault = (object: JsonObject) => void;

/** Sets a field that is absent, null or the empty text (which Go can't tell from absent). */
export function setDefault(object: JsonObject, name: string, value: unknown): void {
  const present = object[name];
  if (present === undefined || present === null || present === '') object[name] = value;
}

/** As `setDefault`, for texts that Go holds by pointer: an empty one is there, and wrong. */
export function setAbsent(object: JsonObject, name: string, value: unknown): void {
  object[name] ??= value;
}

export function setDefaults(object: JsonObject, values: JsonObject): void {
  for (const [name, value] of Object.entries(values)) setDefault(object, name, structuredClone(value));
}

export function setAllAbsent(object: JsonObject, values: JsonObject): void {
  for (const [name, value] of Object.entries(values)) setAbsent(object, name, structuredClone(value));
}

/** As `setDefault`, for numbers that Go holds by value: zero is absent. */
export function setIfZero(object: JsonObject, name: string, value: number): void {
  if (!object[name]) object[name] = value;
}

/** The object in a field; made if there is none. */
export function objectAt(object: JsonObject, name: string): JsonObject {
  const present = object[name];
  if (isJsonObject(present)) return present;
  const made: JsonObject = {};
  object[name] = made;
  return made;
}

/** The object in a field if there is one. */
export function optionalObject(object: JsonObject, name: string): JsonObject | undefined {
  const present = object[name];
  return isJsonObject(present) ? present : undefined;
}

export function objectsAt(object: JsonObject, name: string): JsonObject[] {
  const present = object[name];
  return Array.isArray(present) ? present.filter(isJsonObject) : [];
}

export const hasKeys = (object: JsonObject | undefined): object is JsonObject =>
  object !== undefined && Object.keys(object).length > 0;

/** Takes a list or map out of an object, if there is one, where it is empty. */
export function dropEmpty(object: JsonObject | undefined, name: string): void {
  const present = object?.[name];
  if (object && typeof present === 'object' && present !== null && Object.keys(present).length === 0)
    delete object[name];
}
