import type { Schema } from '../../../shared/apis/schema.ts';
import { propertyOf } from '../types/property-of.ts';

const NOT_FOUND = 'does not refer to a valid field';

/**
 * The schema that a path such as `.spec['a.b']` leads to, or why it leads nowhere. Lists have no names.
 * Source: apiextensions-apiserver, ValidFieldPath.
 */
export function schemaAt(path: string, schema: Schema, { allowsBrackets = true } = {}): Schema | string {
  let found = schema;
  let rest = tokensOf(path);
  while (rest.length > 0) {
    const [token = '', ...more] = rest;
    if (token === '[' && !allowsBrackets) return 'array notation is not allowed';
    const step = token === '[' ? bracketed(more) : token === '.' ? named(more) : `expected [ or . but got: ${token}`;
    if (typeof step === 'string') return step;
    const below = partBelow(found, step.name);
    if (!below) return NOT_FOUND;
    if (step.close !== undefined) return step.close;
    found = below;
    rest = step.rest;
  }
  return found;
}

interface Step {
  name: string;
  rest: string[];
  /** What is wrong with the end of it: told where its name is right. */
  close?: string;
}

const END = 'unexpected end of JSON path';

function named([name, ...rest]: string[]): Step | string {
  return name === undefined ? END : { name, rest };
}

function bracketed([name, close, ...rest]: string[]): Step | string {
  if (name === undefined) return END;
  if (!/^'.*'$/s.test(name) || name.length < 2) return `expected single quoted string but got ${name}`;
  const own = name.slice(1, -1).replace(/\\(['"\\])/g, '$1');
  if (close === undefined) return { name: own, rest, close: END };
  return close === ']' ? { name: own, rest } : { name: own, rest, close: `expected ] but got ${close}` };
}

/** Dots and brackets, and what is between them; quoted texts are whole. */
const tokensOf = (path: string): string[] => path.match(/[.[\]]|'(?:[^'\\]|\\.)*'|[^.[\]']+|'.*$/gs) ?? [];

function partBelow(schema: Schema, name: string): Schema | undefined {
  const { properties, additionalProperties } = schema;
  if (properties) return propertyOf(schema, name);
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}
