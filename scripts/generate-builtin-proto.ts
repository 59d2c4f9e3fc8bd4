import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Field numbers from the `generated.proto` files that Kubernetes publishes beside its Go types. Only names and numbers are read: the types follow
 * from the OpenAPI definition of the same name.
 */

interface ProtoField {
  number: number;
  /** Full message name (`k8s.io.api.core.v1.VolumeSource`), or a scalar. */
  type: string;
}

/** Message name (`io.k8s.api.core.v1.Volume`, as OpenAPI writes it) → field name → field. */
export type ProtoMessages = Map<string, Map<string, ProtoField>>;

/** OpenAPI puts the domain in reverse: `k8s.io.api.core.v1.Pod` in a proto file is `io.k8s.api.core.v1.Pod`. */
const openApiName = (protoName: string): string => protoName.replace(/^k8s\.io\./, 'io.k8s.').replaceAll('_', '-');

function protoFiles(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'generated.proto')
    .sort()
    .map((file) => path.join(dir, file));
}

function readProtoFile(file: string, messages: ProtoMessages): void {
  const text = readFileSync(file, 'utf8').replace(/\/\/.*$/gm, '');
  const pkg = /^package ([\w.]+);/m.exec(text)?.[1] ?? '';
  for (const [, name, body = ''] of text.matchAll(/^message (\w+) \{([^}]*)\}/gm)) {
    const fields = new Map<string, ProtoField>();
    for (const [, type = '', field = '', number] of body.matchAll(
      /^\s*(?:optional|repeated)?\s*(map<[^>]*>|[\w.]+) (\w+) = (\d+);/gm,
    )) {
      const full = type.startsWith('.') ? type.slice(1) : /^[A-Z]/.test(type) ? `${pkg}.${type}` : type;
      fields.set(protoFieldName(field), { number: Number(number), type: full });
    }
    messages.set(openApiName(`${pkg}.${name}`), fields);
  }
}

export function readProtoMessages(moduleDirs: string[]): ProtoMessages {
  const messages: ProtoMessages = new Map();
  for (const dir of moduleDirs) for (const file of protoFiles(dir)) readProtoFile(file, messages);
  return messages;
}

/** `$ref` is `ref` in protobuf, `x-kubernetes-list-type` is `xKubernetesListType`; case differs here and there, so it doesn't count. */
function protoFieldName(jsonName: string): string {
  return jsonName.replace(/[$-]/g, '').toLowerCase();
}

export interface FieldLookup {
  messages: ProtoMessages;
  /** The JSON fields of the definition, as protobuf names them: a message field that is not among them is an embedded struct. */
  jsonFields: ReadonlySet<string>;
}

export function newFieldLookup(messages: ProtoMessages, jsonNames: string[]): FieldLookup {
  return { messages, jsonFields: new Set(jsonNames.map(protoFieldName)) };
}

/**
 * Where a JSON field is in the protobuf message: `3`, or `2.7` when Go embeds a struct (JSON inlines it, protobuf nests it): field 7 of the
 * message in field 2. Undefined: the field is not in protobuf (`apiVersion` and `kind` travel in the envelope).
 */
export function protoPath(lookup: FieldLookup, message: string, jsonName: string): string | undefined {
  const fields = lookup.messages.get(message);
  if (!fields) return undefined;
  const own = fields.get(protoFieldName(jsonName));
  if (own) return String(own.number);
  for (const [name, field] of fields) {
    if (!field.type.startsWith('k8s.io.') || lookup.jsonFields.has(name)) continue;
    const inner = protoPath(lookup, openApiName(field.type), jsonName);
    if (inner) return `${field.number}.${inner}`;
  }
  return undefined;
}
