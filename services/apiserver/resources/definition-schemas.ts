import type { CustomResourceDefinition } from '../../../shared/apis/apiextensions/v1.ts';
import { builtinSchema, resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import { newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { dropUnknownFields } from '../types/drop-unknown-fields.ts';
import { isJsonObject, type JsonObject } from '../types/json-value.ts';

/** The schemas of a CustomResourceDefinition beyond what its Go type says of them: parts that may be of several types decode themselves. */

type Version = CustomResourceDefinition['spec']['versions'][number];

const versionsOf = ({ spec }: CustomResourceDefinition): Version[] => (spec?.versions as Version[] | null) ?? [];

/**
 * Makes of the parts that may be of several types what Go makes of them, in place: items that are no schema are none, and unknown fields go without a word.
 * Throws 400 for what may be a boolean or a schema and is neither.
 */
export function settleSchemas(crd: CustomResourceDefinition): void {
  for (const { schema } of versionsOf(crd)) if (isJsonObject(schema?.openAPIV3Schema)) settle(schema.openAPIV3Schema);
  const { conversion } = crd.spec ?? {};
  const { clientConfig, conversionReviewVersions } = { ...conversion?.webhook };
  if (conversion?.webhook && !clientConfig && !conversionReviewVersions?.length) delete conversion.webhook;
}

const SCHEMA = builtinSchema('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps') ?? {};
const BOOL_TEXT =
  'CustomResourceDefinition in version "v1" cannot be handled as a CustomResourceDefinition: boolean or JSON schema expected';

function settle(schema: JsonObject): void {
  const { items } = schema;
  if (isJsonObject(items)) schema['items'] = known(items);
  else if (!Array.isArray(items) || items.length === 0) delete schema['items'];
  for (const name of ['additionalProperties', 'additionalItems']) {
    const rest = schema[name];
    if (isJsonObject(rest)) schema[name] = known(rest);
    else if (rest !== undefined && typeof rest !== 'boolean') throw newBadRequest(BOOL_TEXT);
  }
  for (const part of partsOf(schema)) settle(part);
}

const known = (schema: JsonObject): JsonObject =>
  dropUnknownFields(schema, { schema: SCHEMA, resolve: resolveBuiltin }, { asGo: true }).value as JsonObject;

/** Everything in a schema that is one. */
function partsOf(schema: JsonObject): JsonObject[] {
  const { properties, items, additionalProperties: rest, not, allOf, anyOf, oneOf } = schema;
  const lists = [properties, allOf, anyOf, oneOf].flatMap((list) =>
    typeof list === 'object' && list !== null ? Object.values(list) : [],
  );
  return [...lists, items, rest, not].filter(isJsonObject);
}

/** Of texts, without hyphens. */
const FORMATS = new Set(
  (
    'bsonobjectid uri email hostname ipv4 ipv6 cidr mac uuid uuid3 uuid4 uuid5 isbn isbn10 isbn13 creditcard ssn hexcolor rgbcolor ' +
    'byte password date duration datetime k8sshortname k8slongname'
  ).split(' '),
);
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  integer: ['int32', 'int64'],
  number: ['float', 'double'],
};

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
  const isKnown =
    type === 'string' ? FORMATS.has(format?.replaceAll('-', '') ?? '') : NUMBERS[type]?.includes(format ?? '');
  const own = !format || isKnown ? [] : [format];
  return [...own, ...partsOf(schema as JsonObject).flatMap((part) => unknownIn(part as Schema))];
}
