import { builtinSchema, resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import { newBadRequest, type StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { dropUnknownFields } from './drop-unknown-fields.ts';
import { embeddedMistake } from './embedded-mistake.ts';
import { firstMistypedField } from './mistyped-fields.ts';
import { newPathSet } from './path-set.ts';
import type { ResourceDefinition } from './resource-definition.ts';

/** The query parameter `fieldValidation`; `Warn` where it is absent. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** What has to be known of a kind to decode it; there are kinds that are only ever sent, such as TokenRequest. */
export type DecodedKind = Pick<ResourceDefinition, 'kind' | 'version' | 'schema' | 'resolve' | 'source'>;

export interface FieldCheck {
  /** The object without the fields that its kind doesn't have. */
  object: Unstructured;
  /** For Warning headers; empty unless `Warn`. */
  warnings: string[];
}

/** Upstream stops counting there. */
const maxReported = 100;

function decodeError(definition: DecodedKind, why: string): StatusError {
  const { kind } = definition;
  return newBadRequest(
    `${kind} in version ${JSON.stringify(definition.version)} cannot be handled as a ${kind}: ${why}`,
  );
}

function mistypedIn(definition: DecodedKind, object: Unstructured): string | undefined {
  if (definition.source === 'builtin') return firstMistypedField(object, definition.schema, definition.resolve);
  const meta = builtinSchema('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta') ?? {};
  return (
    firstMistypedField(object.metadata, meta, resolveBuiltin, 'ObjectMeta') ??
    embeddedMistake(object, definition.schema)
  );
}

const OF_METADATA = /^metadata[.[]/;

/** Upstream reports those of a custom resource by alphabet, its metadata's first, those of a Go type as they come. */
function inOrder({ source }: DecodedKind, paths: string[]): string[] {
  if (source !== 'crd') return paths;
  const sorted = [...paths].sort();
  return [...sorted.filter((path) => OF_METADATA.test(path)), ...sorted.filter((path) => !OF_METADATA.test(path))];
}

const DUPLICATE = 'duplicate field "';

/** A Go type's decoder does not look into fields that the type doesn't have. */
function seen({ source }: DecodedKind, found: readonly string[], unknown: readonly string[]): readonly string[] {
  if (source === 'crd' || found.length === 0 || unknown.length === 0) return found;
  const isWithin = newPathSet(unknown);
  return found.filter((text) => !text.startsWith(DUPLICATE) || !isWithin(text.slice(DUPLICATE.length, -1)));
}

/**
 * What decoding does with a body that was parsed already: fields of the wrong type are refused (400; of a custom resource only its metadata and
 * what embedded resources say of their kinds, the rest is validated by its schema), unknown ones are dropped, and refused (`Strict`, 400) or told (`Warn`).
 * `found` is what reading the body has found (fields that it holds twice): they count as unknown fields do. `isPatch`: what it was found in was a patch, of which all is read.
 */
export function checkFields(
  definition: DecodedKind,
  object: Unstructured,
  mode: FieldValidation,
  found: readonly string[] = [],
  { isPatch = false } = {},
): FieldCheck {
  const wrong = mistypedIn(definition, object);
  if (wrong) throw decodeError(definition, wrong);
  const pruned = dropUnknownFields(object, definition, { asGo: definition.source === 'builtin' });
  const twice = isPatch ? found : seen(definition, found, pruned.unknown);
  const findings = [...twice, ...inOrder(definition, pruned.unknown).map((path) => `unknown field "${path}"`)].slice(
    0,
    maxReported,
  );
  if (mode === 'Strict' && findings.length > 0) {
    throw decodeError(definition, `strict decoding error: ${findings.join(', ')}`);
  }
  return { object: pruned.value as Unstructured, warnings: mode === 'Warn' ? findings : [] };
}
