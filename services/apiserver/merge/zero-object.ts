import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Schema, SchemaResolver } from '../../../shared/apis/schema.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import type { TypedSchema } from './merger.ts';

/**
 * What a kind has before anything is set. The built-in kinds are structs upstream: parts that can't be absent (`spec`, `template.metadata`) and
 * required fields (as null) are there from the start, so whoever creates the object does not come to own them as such. Parts are told by their schema:
 * a reference with the default `{}`; a CRD has no references.
 */
export function zeroObject({ schema, resolve }: TypedSchema, { apiVersion, kind }: Unstructured): Unstructured {
  const metadata = schema.properties?.['metadata'];
  const isBuiltin = metadata !== undefined && isPart(metadata, resolve);
  const zero: JsonObject = isBuiltin ? { ...zeroOf(schema, resolve), ...ALWAYS_WRITTEN[kind] } : {};
  return {
    ...zero,
    apiVersion,
    kind,
    metadata: isJsonObject(zero['metadata']) ? zero['metadata'] : {},
  } as Unstructured;
}

/** Fields that are neither parts nor required and are written also when nobody has set them. */
const ALWAYS_WRITTEN: Record<string, JsonObject> = {
  Event: {
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    deprecatedFirstTimestamp: null,
    deprecatedLastTimestamp: null,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  },
  Role: { rules: null },
  ClusterRole: { rules: null },
};

function zeroOf(schema: Schema, resolve: SchemaResolver): JsonObject {
  const out: JsonObject = {};
  const required = new Set(schema.required);
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (isPart(field, resolve)) out[name] = zeroOf(resolve(field), resolve);
    else if (required.has(name)) out[name] = zeroValue(field, resolve);
  }
  return out;
}

/** Lists, maps, times and pointers are null, everything else is Go's zero. */
function zeroValue(field: Schema, resolve: SchemaResolver): unknown {
  if (field.default !== undefined && !isJsonObject(field.default)) return field.default;
  const { type, format } = resolve(field);
  if (type === 'string') return format === 'date-time' ? null : '';
  if (type === 'boolean') return false;
  return type === 'integer' || type === 'number' ? 0 : null;
}

function isPart(field: Schema, resolve: SchemaResolver): boolean {
  if (!field.$ref || !isJsonObject(field.default) || Object.keys(field.default).length > 0) return false;
  return resolve(field).properties !== undefined;
}
