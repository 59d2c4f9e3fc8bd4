import { builtinSchema, resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import { isStatusError, newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import { GO_TYPE_META, goJsonKind } from '../merge/go-json-kind.ts';
import { decodeProtobuf } from '../protobuf/decode-object.ts';
import { firstMistypedField } from '../types/mistyped-fields.ts';
import type { GivenDeleteOptions } from './delete-options.ts';
import { jsonErrorText } from './json-error.ts';
import { bodyFormat } from './negotiation.ts';
import { checkWritten } from './number-marks.ts';
import { parseJson, parseYaml } from './parse-text.ts';

/** DeleteOptions as a body; fields of null are absent. In the words of upstream, which reads them apart from objects. Throws 400 and 415. */
export function decodeDeleteOptions(body: Uint8Array, contentType: string | undefined): GivenDeleteOptions {
  const format = bodyFormat(contentType);
  const text = format === 'protobuf' ? '' : Buffer.from(body).toString();
  const document = format === 'protobuf' ? fromProtobuf(body) : fromText(text, format);
  checkIdentity(document);
  if (format === 'json') checkWritten(text, (marked) => checkTypes(JSON.parse(marked)));
  checkTypes(document);
  const { preconditions, ...options } = withoutNulls(document);
  return { ...options, ...(preconditions ? { preconditions: withoutNulls(preconditions) } : {}) };
}

function checkTypes(document: unknown): void {
  const schema = builtinSchema('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions') ?? {};
  const mistyped = firstMistypedField(document, schema, resolveBuiltin, 'DeleteOptions');
  if (mistyped) throw newBadRequest(mistyped);
}

type Document = GivenDeleteOptions & { kind?: unknown; apiVersion?: unknown };

function fromProtobuf(body: Uint8Array): Document {
  try {
    return decodeProtobuf(body);
  } catch (error) {
    throw newBadRequest(error instanceof Error ? error.message : String(error));
  }
}

function fromText(text: string, format: 'json' | 'yaml'): Document {
  const document = parsed(text, format) ?? {};
  if (typeof document === 'object' && !Array.isArray(document)) return document as Document;
  throw newUnidentified(
    `json parse error: json: cannot unmarshal ${goJsonKind(document)} into Go value of type ${GO_TYPE_META}`,
  );
}

function parsed(text: string, format: 'json' | 'yaml'): unknown {
  try {
    return format === 'json' ? parseJson(text) : parseYaml(text);
  } catch (error) {
    if (isStatusError(error)) throw error;
    const why = format === 'json' ? jsonErrorText(error, text) : error instanceof Error ? error.message : String(error);
    throw newUnidentified(`${format} parse error: ${why}`);
  }
}

const newUnidentified = (why: string) => newBadRequest(`couldn't get version/kind; ${why}`);

/** DeleteOptions are registered in every group version; other kinds are told by their own. */
function checkIdentity({ kind, apiVersion }: Document): void {
  for (const [field, value] of Object.entries({ apiVersion, kind })) {
    if (value === undefined || value === null || typeof value === 'string') continue;
    throw newUnidentified(
      `json parse error: json: cannot unmarshal ${goJsonKind(value)} into Go struct field .${field} of type string`,
    );
  }
  const version = typeof apiVersion === 'string' ? apiVersion : '';
  if (version.split('/').length > 2) throw newBadRequest(`unexpected GroupVersion string: ${version}`);
  if (!kind || kind === 'DeleteOptions') return;
  if (version === 'v1' && UNVERSIONED.includes(String(kind)))
    throw newBadRequest(`converting (v1.${String(kind)}) to (v1.DeleteOptions): unknown conversion`);
  const [shownKind, shownVersion] = [JSON.stringify(kind), JSON.stringify(version || 'meta.k8s.io/v1')];
  throw newBadRequest(
    `no kind ${shownKind} is registered for version ${shownVersion} in scheme "pkg/runtime/scheme.go:111"`,
  );
}

/** What upstream knows beside options, of no group. */
const UNVERSIONED: readonly string[] = ['Status', 'APIVersions', 'APIGroupList', 'APIGroup', 'APIResourceList'];

function withoutNulls<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null)) as T;
}
