import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { Problem } from './problem.ts';

/** Requests are measured by the same schemas that the OpenAPI document is made of. */

/** A schema may say in its own words what it wants, where the generic ones would not help. */
export const WORDS = 'x-message';

/** Where in the request a value comes from. */
export type Part = 'path' | 'query' | 'body';

/** The value, as its schema's type; texts of path and query become numbers and booleans first. Throws a Problem that names every wrong field. */
export function checkPart<S extends TSchema>(schema: S, part: Part, value: unknown): Static<S> {
  const read = part === 'body' ? value : Value.Convert(schema, { ...(value as object) });
  if (Value.Check(schema, read)) return read;
  const errors = new Map<string, string>();
  for (const { path, message, schema: wanted } of Value.Errors(schema, read)) {
    const field = `${part}${path}`;
    const words: unknown = wanted[WORDS];
    if (!errors.has(field)) errors.set(field, typeof words === 'string' ? words : lowerFirst(message));
  }
  const list = [...errors].map(([field, detail]) => ({ field, detail }));
  throw newInvalidFields(list);
}

export function newInvalidFields(errors: { field: string; detail: string }[]): Problem {
  const texts = errors.map(({ field, detail }) => `${field}: ${detail}`);
  return new Problem('invalid-request', texts.join('; '), { errors });
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
