import type { Schema } from '../../../shared/apis/schema.ts';
import { propertyOf } from './property-of.ts';

/**
 * Paths such as `.spec['a.b']` through a schema. Lists have no names. Source: apiextensions-apiserver, ValidFieldPath.
 */
export interface SchemaPlace {
  schema: Schema;
  /** As causes name it: `spec.a.b`, `labels[key]`. */
  field: string;
}

/** Where a path leads to, or why it leads nowhere. */
export function placeAt(path: string, schema: Schema, { allowsBrackets = true } = {}): SchemaPlace | string {
  let place: SchemaPlace = { schema, field: '' };
  let rest = tokensOf(path);
  while (rest.length > 0) {
    const [token = '', ...more] = rest;
    if (token === '[' && !allowsBrackets) return 'array notation is not allowed';
    const step = token === '[' ? bracketed(more) : token === '.' ? named(more) : `expected [ or . but got: ${token}`;
    if (typeof step === 'string') return step;
    const below = placeBelow(place, step.name);
    if (!below) return 'does not refer to a valid field';
    if (step.close !== undefined) return step.close;
    place = below;
    rest = step.rest;
  }
  return place;
}

/** Below the value that a rule is about; empty for a path that leads nowhere. */
export function fieldAtPath(path: string, schema: Schema): string {
  const place = placeAt(path, schema);
  return typeof place === 'string' ? '' : place.field;
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

function placeBelow({ schema, field }: SchemaPlace, name: string): SchemaPlace | undefined {
  const { properties, additionalProperties } = schema;
  if (properties) {
    const property = propertyOf(schema, name);
    return property && { schema: property, field: field === '' ? name : `${field}.${name}` };
  }
  return typeof additionalProperties === 'object'
    ? { schema: additionalProperties, field: `${field}[${name}]` }
    : undefined;
}
