import type { CustomResourceDefinition } from '../../../shared/apis/apiextensions/v1.ts';
import { resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import { refTo } from '../../../shared/apis/builtin/expand-definition.ts';
import { newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { dropUnknownFields } from '../types/drop-unknown-fields.ts';
import { isJsonObject, type JsonObject } from '../types/json-value.ts';
import { isKnownFormat } from '../types/known-formats.ts';
import { firstMistypedField } from '../types/mistyped-fields.ts';

/** The schemas of a CustomResourceDefinition beyond what its Go type says of them: parts that may be of several types decode themselves. */

type Version = CustomResourceDefinition['spec']['versions'][number];

const versionsOf = ({ spec }: CustomResourceDefinition): Version[] => (spec?.versions as Version[] | null) ?? [];

/**
 * Makes of the parts that may be of several types what Go makes of them, in place: items that are no schema are none, and unknown fields go without a word.
 * Throws 400 for what may be a boolean or a schema and is neither, and for what is of another type in such a part.
 */
export function settleSchemas(crd: CustomResourceDefinition): void {
  const fields = ['spec', 'versions', 'schema', 'openAPIV3Schema'];
  for (const { schema } of versionsOf(crd))
    if (isJsonObject(schema?.openAPIV3Schema)) settle(schema.openAPIV3Schema, fields);
  const { conversion } = crd.spec ?? {};
  const { clientConfig, conversionReviewVersions } = { ...conversion?.webhook };
  if (conversion?.webhook && !clientConfig && !conversionReviewVersions?.length) delete conversion.webhook;
}

const SCHEMA: Schema = { $ref: refTo('apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps') };
const SCHEMAS: Schema = { type: 'array', items: SCHEMA };

const refused = (why: string): Error =>
  newBadRequest(`CustomResourceDefinition in version "v1" cannot be handled as a CustomResourceDefinition: ${why}`);

/** `fields`: the way to it, as Go's decoder names it. */
function settle(schema: JsonObject, fields: readonly string[]): void {
  const { items } = schema;
  if (isJsonObject(items)) schema['items'] = known(items, SCHEMA, [...fields, 'items']);
  else if (Array.isArray(items) && items.length > 0) schema['items'] = known(items, SCHEMAS, [...fields, 'items']);
  else delete schema['items'];
  for (const name of ['additionalProperties', 'additionalItems']) {
    const rest = schema[name];
    if (isJsonObject(rest)) schema[name] = known(rest, SCHEMA, [...fields, name]);
    else if (rest !== undefined && typeof rest !== 'boolean') throw refused('boolean or JSON schema expected');
  }
  for (const [name, part] of namedParts(schema)) settle(part, [...fields, name]);
}

function known(part: unknown, schema: Schema, fields: readonly string[]): unknown {
  const mistyped = firstMistypedField(part, schema, resolveBuiltin);
  if (mistyped) throw refused(placed(mistyped, fields));
  return dropUnknownFields(part, { schema, resolve: resolveBuiltin }, { asGo: true }).value;
}

/** Such a part decodes itself, and what its decoder says is put where the part stands. */
const placed = (text: string, fields: readonly string[]): string =>
  text.replace(/into Go (?:value|struct field [^.]+\.(\S+)) of type/, (_, own?: string) => {
    const way = [...fields, ...(own ? [own] : [])];
    return `into Go struct field JSONSchemaProps.${way.join('.')} of type`;
  });

const PARTS = ['properties', 'allOf', 'anyOf', 'oneOf', 'items', 'additionalProperties', 'not'];
const SINGLE = ['items', 'additionalProperties', 'not'];

/** Everything in a schema that is one, with the name of the field that it is in. */
const namedParts = (schema: JsonObject): [string, JsonObject][] =>
  PARTS.flatMap((name) => {
    const value = schema[name];
    const parts = SINGLE.includes(name) ? [value] : typeof value === 'object' ? Object.values(value ?? {}) : [];
    return parts.filter(isJsonObject).map((part): [string, JsonObject] => [name, part]);
  });

const partsOf = (schema: JsonObject): JsonObject[] => namedParts(schema).map(([, part]) => part);

/** Texts for formats that nothing checks and that were not there before. */
export function formatWarnings(crd: CustomResourceDefinition, old?: CustomResourceDefinition): string[] {
  const before = new Set(old ? unknownFormats(old) : []);
  const found = unknownFormats(crd).filter((format) => !before.has(format));
  return found.map((format) => `unrecognized format ${JSON.stringify(format)}`);
}

const unknownFormats = (crd: CustomResourceDefinition): string[] =>
  versionsOf(crd).flatMap(({ schema }) => (schema?.openAPIV3Schema ? unknownIn(schema.openAPIV3Schema) : []));

function unknownIn(schema: Schema): string[] {
  const { type = 'string', format } = schema;
  const own = typeof format !== 'string' || format === '' || isKnownFormat(type, format) ? [] : [format];
  return [...own, ...partsOf(schema as JsonObject).flatMap((part) => unknownIn(part as Schema))];
}
