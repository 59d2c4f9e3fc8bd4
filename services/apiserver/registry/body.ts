import { builtinNameOfKind, builtinSchema, resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import { refTo } from '../../../shared/apis/builtin/expand-definition.ts';
import { isStatusError, newBadRequest, newInvalid, type StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { TEXT_OR_NUMBER } from '../../../shared/apis/object-json.ts';
import { apiVersionOf, parseApiVersion } from '../../../shared/apis/resource-type.ts';
import { GO_TYPE_META, goJsonKind } from '../merge/go-json-kind.ts';
import { inKeyOrder } from '../merge/json-value.ts';
import { decodeProtobuf } from '../protobuf/decode-object.ts';
import type { RequestContext } from '../request.ts';
import { duplicateFields } from '../types/duplicate-fields.ts';
import { invalid } from '../types/field-error.ts';
import type { FieldValidation } from '../types/field-validation.ts';
import { firstMistypedField } from '../types/mistyped-fields.ts';
import { jsonErrorText } from './json-error.ts';
import { bodyFormat } from './negotiation.ts';
import { checkWritten } from './number-marks.ts';
import { firstTooLarge, numberTooLarge, parseJson, parseYaml } from './parse-text.ts';
import { warnOfRounding } from './rounded-integers.ts';
import { duplicateKeys, yamlErrors } from './yaml-duplicates.ts';

/** Request bodies to objects. */

type Format = 'json' | 'yaml' | 'protobuf';

interface Sent {
  bytes: Uint8Array;
  /** Empty where the bytes are none. */
  text: string;
  format: Format;
}

function parseDocument({ bytes: body, text, format }: Sent, kind: string): unknown {
  try {
    if (format === 'protobuf') return decodeProtobuf(body);
    // Upstream makes JSON of it, with its keys in order.
    return format === 'json' ? parseJson(text) : inKeyOrder(parseYaml(text));
  } catch (error) {
    if (isStatusError(error)) throw error;
    const why = format === 'json' ? jsonErrorText(error, text) : error instanceof Error ? error.message : String(error);
    if (format === 'protobuf') throw newUnrecognized(kind, `${why.replace(/^proto: /, '')} (${shown(body)})`, '');
    if (why.startsWith('json: unsupported value')) throw newUnrecognized(kind, `${why} (${shown(body)})`, '');
    throw newUnrecognized(kind, `${format} parse error: ${why} (${shown(body)})`);
  }
}

/** The start of what could not be read, as upstream shows it: text where it begins like JSON, else in hexadecimal. */
function shown(body: Uint8Array): string {
  const text = Buffer.from(body).toString();
  if (text === '') return '<empty>';
  if (!text.trimStart().startsWith('{'))
    return Buffer.from(body.subarray(0, SHOWN_LENGTH)).toString('hex') + (body.length > SHOWN_LENGTH ? ' ...' : '');
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)} ...` : text;
}

const SHOWN_LENGTH = 30;

function newUnrecognized(kind: string, why: string, what = "couldn't get version/kind; "): StatusError {
  return newBadRequest(`the object provided is unrecognized (must be of type ${kind}): ${what}${why}`);
}

/** What an object is to be: a kind, which a body that does not say is taken to be of. */
export interface ExpectedKind {
  group: string;
  version: string;
  kind: string;
  /** Custom resources have to say what they are, and are told otherwise in other words. */
  source?: 'builtin' | 'crd';
}

/** A body as an object of one kind. Throws 415 and 400. */
export async function readBody({ request, warnings }: RequestContext, expected: ExpectedKind): Promise<Body> {
  const format = bodyFormat(request.headers['content-type']);
  const bytes = await request.body();
  const text = format === 'protobuf' ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  const document = parseDocument({ bytes, text, format }, expected.kind);
  if (expected.source === 'crd' && format === 'json') checkNumbers(text, document, expected);
  const object = asObject(document, expected, text);
  if (expected.source !== 'crd' && format === 'json') checkOwnNumbers(text, object, expected);
  if (format === 'json') warnOfRounding(text, warnings);
  return { object, duplicates: (mode) => duplicatesIn({ text, format, document }, mode) };
}

/** What has no type of its own is read with numbers that Go can hold. Throws 400. */
function checkNumbers(text: string, document: unknown, expected: ExpectedKind): void {
  const why = numberTooLarge(text) ?? metadataBeyond(text);
  if (why === undefined) return;
  const { kind = expected.kind, apiVersion = apiVersionOf(expected) }: Partial<Unstructured> = {
    ...(document as object),
  };
  throw newUnusable(String(kind), parseApiVersion(String(apiVersion)).version, expected, why);
}

/** Rounded here to what has 64 bits, or nearly. */
const AT_END = /[:,[\s]-?922337203685477\d{4}/;
const isBeyond = (one: string): boolean =>
  /^-?922337203685477\d{4}$/.test(one) && BigInt.asIntN(64, BigInt(one)) !== BigInt(one);

/** An integer of more than 64 bits is a fraction in Go, and metadata has none. */
function metadataBeyond(text: string): string | undefined {
  if (!AT_END.test(text)) return undefined;
  const read: Partial<Unstructured> | null = JSON.parse(
    text.replace(TEXT_OR_NUMBER, (one) => (isBeyond(one) ? String(Number(one) * 2) : one)),
  );
  const wrong = firstMistypedField(read?.metadata, OBJECT_META, resolveBuiltin);
  return wrong?.replace(String(2 ** 64), String(2 ** 63));
}

/** A built-in kind's own numbers are read as they are written, of which parsing leaves nothing. Throws 400. */
function checkOwnNumbers(text: string, object: Unstructured, expected: ExpectedKind): void {
  const name = builtinNameOfKind(expected.group, expected.version, expected.kind);
  const schema = builtinSchema(name ?? '') ?? {};
  checkWritten(text, (marked) => {
    const wrong = firstMistypedField(JSON.parse(marked), schema, resolveBuiltin);
    if (wrong !== undefined) throw newUnusable(object.kind, expected.version, expected, wrong);
  });
  const written = firstTooLarge(text);
  const wrong = written && firstMistypedField(object, schema, resolveBuiltin);
  if (wrong?.includes('Infinity'))
    throw newUnusable(object.kind, expected.version, expected, wrong.replace(/-?Infinity/, written ?? ''));
}

/** In YAML they are one error where they are refused, and a warning each else. */
function duplicatesIn(
  { text, format, document }: Pick<Sent, 'text' | 'format'> & { document: unknown },
  mode: FieldValidation,
): string[] {
  if (format === 'json') return duplicateFields(text, document).map((path) => `duplicate field "${path}"`);
  const lines = format === 'yaml' ? duplicateKeys(text) : [];
  return mode === 'Strict' && lines.length > 0 ? [yamlErrors(lines)] : lines;
}

export interface Body {
  object: Unstructured;
  /** What is to be said of fields that the text holds twice; looked for when it is called. */
  duplicates: (mode: FieldValidation) => string[];
}

/** `text`: what was sent, for messages. Throws 400 for what is no object, or says that it is of another kind. */
export function asObject(document: unknown, expected: ExpectedKind, text?: string): Unstructured {
  // Go decodes null into nothing.
  const content = document ?? {};
  if (typeof content !== 'object' || Array.isArray(content)) throw newNotObject(content, expected);
  const isCustom = expected.source === 'crd';
  const given: Partial<Unstructured> = isCustom ? content : withoutNullType(content as Record<string, unknown>);
  const apiVersion = apiVersionOf(expected);
  const { kind = expected.kind, apiVersion: version = apiVersion } = given;
  const metadata = given.metadata ?? {};
  if (isCustom) checkCustomKind(given, expected, text ?? JSON.stringify(given));
  checkGroupVersion(given, expected);
  if (kind !== expected.kind || version !== apiVersion)
    throw newOtherKind({ ...given, kind, apiVersion: version } as Unstructured, expected);
  if (typeof metadata !== 'object' || Array.isArray(metadata))
    throw newUnusable(
      kind,
      version,
      expected,
      `json: cannot unmarshal ${goJsonKind(metadata)} into Go ${isCustom ? 'value' : `struct field ${expected.kind}.metadata`} of type v1.ObjectMeta`,
    );
  return { ...given, kind, apiVersion: version, metadata: { ...metadata } };
}

/** In Go a null text is an empty one, and that is one that is not there. */
function withoutNullType(content: Record<string, unknown>): Partial<Unstructured> {
  if (content['kind'] !== null && content['apiVersion'] !== null) return content;
  const isNullType = (field: string, value: unknown): boolean =>
    value === null && (field === 'kind' || field === 'apiVersion');
  return Object.fromEntries(Object.entries(content).filter(([field, value]) => !isNullType(field, value)));
}

function newNotObject(document: unknown, { kind }: ExpectedKind): StatusError {
  return newUnrecognized(
    kind,
    `json parse error: json: cannot unmarshal ${goJsonKind(document)} into Go value of type ${GO_TYPE_META} (${shown(Buffer.from(JSON.stringify(document)))})`,
  );
}

function checkGroupVersion(given: Partial<Unstructured>, { kind }: ExpectedKind): void {
  const text = (): string => JSON.stringify(given);
  for (const field of ['apiVersion', 'kind'] as const) {
    const value: unknown = given[field];
    if (value === undefined || value === null || typeof value === 'string') continue;
    const why = `json parse error: json: cannot unmarshal ${goJsonKind(value)} into Go struct field .${field} of type string`;
    throw newUnrecognized(kind, `${why} (${shown(Buffer.from(text()))})`);
  }
  const { apiVersion = '' } = given;
  if (apiVersion.split('/').length > 2)
    throw newUnrecognized(kind, `unexpected GroupVersion string: ${apiVersion} (${shown(Buffer.from(text()))})`, '');
}

const OBJECT_META = { $ref: refTo('apimachinery.pkg.apis.meta.v1.ObjectMeta') };

/** As upstream reads one: its metadata is looked at before what it is. */
function checkCustomKind(given: Partial<Unstructured>, expected: ExpectedKind, text: string): void {
  const { kind, apiVersion = '', metadata } = given;
  if (!kind) {
    const start = shown(Buffer.from(text));
    throw newUnrecognized(expected.kind, `Object 'Kind' is missing in '${text}' (${start})`, '');
  }
  if (apiVersion === null)
    throw newUnusable(kind, '', expected, '.apiVersion accessor error: <nil> is of the type <nil>, expected string');
  if (apiVersion === apiVersionOf(expected) && kind === expected.kind) return;
  const mistyped = firstMistypedField(metadata, OBJECT_META, resolveBuiltin);
  if (mistyped) throw newUnusable(kind, parseApiVersion(apiVersion).version, expected, mistyped);
  if (apiVersion !== apiVersionOf(expected)) throw newOtherVersion(apiVersion, expected);
  const cause = invalid('kind', kind, `must be ${expected.kind}`);
  throw newInvalid({ group: expected.group, resource: kind, name: metadata?.name ?? '' }, [cause]);
}

/** In Go's words: a kind that exists can't be converted, one that does not is not in the scheme. */
function newOtherKind(document: Unstructured, expected: ExpectedKind): StatusError {
  const { kind, apiVersion: version } = document;
  const given = parseApiVersion(version);
  const other = builtinNameOfKind(given.group, given.version, kind);
  const wrong = other && firstMistypedField(document, builtinSchema(other) ?? {}, resolveBuiltin);
  if (wrong) return newUnusable(kind, given.version, expected, wrong);
  if (other && given.group === expected.group && kind === expected.kind) return newOtherVersion(version, expected);
  const isKnown = other !== undefined || (kind === 'List' && version === 'v1');
  const target = `${expected.group.split('.')[0] || 'core'}.${expected.kind}`;
  const why = isKnown
    ? `converting (${given.version}.${kind}) to (${target}): unknown conversion`
    : `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(version)} in scheme "pkg/runtime/scheme.go:111"`;
  return newUnusable(kind, given.version, expected, why);
}

function newOtherVersion(given: string, expected: ExpectedKind): StatusError {
  const wanted = apiVersionOf(expected);
  return newBadRequest(`the API version in the data (${given}) does not match the expected API version (${wanted})`);
}

function newUnusable(kind: string, version: string, expected: ExpectedKind, why: string): StatusError {
  return newBadRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected.kind}: ${why}`);
}
