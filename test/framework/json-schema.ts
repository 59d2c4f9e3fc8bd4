/**
 * Whether a value is what a schema of an OpenAPI 3.1 document says, by code of our own, so that what makes the document can't hide its mistakes here. Knows the words that
 * documents of ours use and refuses others, so that none is passed over.
 */

type Schema = Record<string, unknown>;
type Schemas = Record<string, Schema>;

const ANNOTATIONS = new Set(['description', 'title', 'default', 'format', 'examples']);

/** What is wrong, by where; empty if nothing is. A property that the schema does not name is wrong too, unless it says that there may be more. */
export function schemaErrors(value: unknown, schema: Schema, schemas: Schemas, at = ''): string[] {
  if (typeof schema['$ref'] === 'string') return schemaErrors(value, referred(schema['$ref'], schemas), schemas, at);
  if (Array.isArray(schema['anyOf'])) {
    const each = schema['anyOf'].map((one: Schema) => schemaErrors(value, one, schemas, at));
    return each.some((errors) => errors.length === 0) ? [] : [`${at}: is none of ${each.length}: ${each.flat()}`];
  }
  const errors = Object.entries(schema).flatMap(([word, wanted]) => wordErrors(word, wanted, value, at));
  if (Array.isArray(value) && schema['items']) {
    const items = schema['items'] as Schema;
    return [...errors, ...value.flatMap((item, index) => schemaErrors(item, items, schemas, `${at}/${index}`))];
  }
  return schema['type'] === 'object' && isObject(value)
    ? [...errors, ...propertyErrors(value, schema, schemas, at)]
    : errors;
}

function referred(reference: string, schemas: Schemas): Schema {
  const found = schemas[reference.replace('#/components/schemas/', '')];
  if (!found) throw new Error(`${reference} is not in the document`);
  return found;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

function wordErrors(word: string, wanted: unknown, value: unknown, at: string): string[] {
  const wrong = (isWrong: boolean, what: string): string[] => (isWrong ? [`${at}: ${what}`] : []);
  const text = typeof value === 'string' ? value : undefined;
  switch (word) {
    case 'type':
      return wrong(typeOf(value) !== wanted, `is ${typeOf(value)}, not ${wanted}`);
    case 'const':
      return wrong(value !== wanted, `is not ${JSON.stringify(wanted)}`);
    case 'pattern':
      return wrong(text !== undefined && !new RegExp(String(wanted)).test(text), `does not match ${wanted}`);
    case 'maxLength':
      return wrong((text?.length ?? 0) > Number(wanted), `is longer than ${wanted}`);
    case 'minLength':
      return wrong(text !== undefined && text.length < Number(wanted), `is shorter than ${wanted}`);
    case 'format':
      return wrong(wanted === 'date-time' && !RFC3339.test(text ?? ''), 'is no time');
    case 'minimum':
      return wrong(Number(value) < Number(wanted), `is less than ${wanted}`);
    case 'required':
      return (wanted as string[]).flatMap((name) => wrong(isObject(value) && !(name in value), `lacks ${name}`));
    case 'properties':
    case 'patternProperties':
    case 'additionalProperties':
    case 'items':
      return []; // looked at elsewhere
    default:
      return wrong(!ANNOTATIONS.has(word), `the schema has the word ${word}, which is not known here`);
  }
}

function propertyErrors(value: Record<string, unknown>, schema: Schema, schemas: Schemas, at: string): string[] {
  const properties = (schema['properties'] ?? {}) as Schemas;
  const patterns = Object.entries((schema['patternProperties'] ?? {}) as Schemas);
  return Object.entries(value).flatMap(([name, field]) => {
    const of = properties[name] ?? patterns.find(([pattern]) => new RegExp(pattern).test(name))?.[1];
    if (!of && schema['additionalProperties'] === true) return [];
    return of ? schemaErrors(field, of, schemas, `${at}/${name}`) : [`${at}/${name}: is not described`];
  });
}
