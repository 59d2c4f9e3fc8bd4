import { Buffer } from 'node:buffer';

/**
 * The OpenAPI v2 document in the protobuf form that Go clients ask for: gnostic's `openapi.v2.Document`. Each message is a table from JSON names to
 * field numbers; what begins with `x-` goes into the vendor extensions, as YAML text. Source: gnostic-models, OpenAPIv2.proto.
 */

type Json = Record<string, unknown>;
/** The bytes of one field of a message, tag included. */
type FieldEncoder = (number: number, value: unknown) => Buffer;
interface Message {
  fields: Record<string, [number: number, encode: FieldEncoder]>;
  extensions?: number;
}

const wire = { varint: 0, fixed64: 1, bytes: 2 };

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

const tag = (number: number, type: number): Buffer => varint(number * 8 + type);

function chunk(number: number, content: Buffer): Buffer {
  return Buffer.concat([tag(number, wire.bytes), varint(content.length), content]);
}

const text: FieldEncoder = (number, value) => chunk(number, Buffer.from(String(value)));
const integer: FieldEncoder = (number, value) => Buffer.concat([tag(number, wire.varint), varint(Number(value))]);
const flag: FieldEncoder = (number, value) => integer(number, value ? 1 : 0);
const any: FieldEncoder = (number, value) => chunk(number, text(2, JSON.stringify(value)));

const double: FieldEncoder = (number, value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(Number(value));
  return Buffer.concat([tag(number, wire.fixed64), bytes]);
};

const each =
  (encode: FieldEncoder): FieldEncoder =>
  (number, value) =>
    Buffer.concat((value as unknown[]).map((item) => encode(number, item)));

/** A message that only wraps another field. */
const wrapped =
  (inner: number, encode: FieldEncoder): FieldEncoder =>
  (number, value) =>
    chunk(number, encode(inner, value));

/** A map: repeated pairs of a name and a value. */
const named =
  (encode: FieldEncoder): FieldEncoder =>
  (number, value) =>
    Buffer.concat(
      Object.entries(value as Json).map(([name, part]) =>
        chunk(number, Buffer.concat([text(1, name), encode(2, part)])),
      ),
    );

function encodeMessage(message: Message, value: unknown): Buffer {
  const parts = Object.entries(value as Json).map(([name, part]) => {
    const field = message.fields[name];
    if (field) return field[1](field[0], part);
    return message.extensions && name.startsWith('x-') ? named(any)(message.extensions, { [name]: part }) : empty;
  });
  return Buffer.concat(parts);
}

const empty = Buffer.alloc(0);
const message =
  (of: () => Message): FieldEncoder =>
  (number, value) =>
    chunk(number, encodeMessage(of(), value));

const schema = message(() => schemaMessage);

const additionalProperties: FieldEncoder = (number, value) =>
  chunk(number, typeof value === 'boolean' ? flag(2, value) : schema(1, value));

const schemaMessage: Message = {
  fields: {
    $ref: [1, text],
    format: [2, text],
    title: [3, text],
    description: [4, text],
    multipleOf: [6, double],
    maximum: [7, double],
    exclusiveMaximum: [8, flag],
    minimum: [9, double],
    exclusiveMinimum: [10, flag],
    maxLength: [11, integer],
    minLength: [12, integer],
    pattern: [13, text],
    maxItems: [14, integer],
    minItems: [15, integer],
    uniqueItems: [16, flag],
    maxProperties: [17, integer],
    minProperties: [18, integer],
    required: [19, each(text)],
    enum: [20, each(any)],
    additionalProperties: [21, additionalProperties],
    type: [22, wrapped(1, text)],
    items: [23, wrapped(1, schema)],
    properties: [25, wrapped(1, named(schema))],
    externalDocs: [29, message(() => externalDocs)],
    example: [30, any],
  },
  extensions: 31,
};

const externalDocs: Message = { fields: { description: [1, text], url: [2, text] } };

const bodyParameter: Message = {
  fields: { description: [1, text], name: [2, text], in: [3, text], required: [4, flag], schema: [5, schema] },
};
const queryParameter: Message = {
  fields: { required: [1, flag], in: [2, text], name: [4, text], type: [6, text], uniqueItems: [20, flag] },
};
const pathParameter: Message = {
  fields: { required: [1, flag], in: [2, text], name: [4, text], type: [5, text], uniqueItems: [19, flag] },
};

/** A body, or NonBodyParameter → query or path. */
const parameter: FieldEncoder = (number, value) => {
  const place = (value as Json)['in'];
  const body = message(() => bodyParameter);
  const other = place === 'path' ? message(() => pathParameter) : message(() => queryParameter);
  return chunk(number, place === 'body' ? body(1, value) : chunk(2, other(place === 'path' ? 4 : 3, value)));
};

/** A parameter, or the name of one that is shared. */
const parametersItem: FieldEncoder = (number, value) => {
  const { $ref } = value as Json;
  return chunk(number, $ref === undefined ? parameter(1, value) : chunk(2, text(1, $ref)));
};

const response: Message = { fields: { description: [1, text], schema: [2, wrapped(1, schema)] } };

const operation = message(() => ({
  fields: {
    tags: [1, each(text)],
    operationId: [5, text],
    produces: [6, each(text)],
    consumes: [7, each(text)],
    parameters: [8, each(parametersItem)],
    responses: [
      9,
      wrapped(
        1,
        named(
          wrapped(
            1,
            message(() => response),
          ),
        ),
      ),
    ],
    schemes: [10, each(text)],
  },
  extensions: 13,
}));

const pathItem = message(() => ({
  fields: {
    get: [2, operation],
    put: [3, operation],
    post: [4, operation],
    delete: [5, operation],
    patch: [8, operation],
    parameters: [9, each(parametersItem)],
  },
}));

const info = message(() => ({ fields: { title: [1, text], version: [2, text] } }));
const apiKey = message(() => ({ fields: { type: [1, text], name: [2, text], in: [3, text] } }));

/** A response's body stands in a wrapper of its own (`responses` are pairs of a code and a choice), hence the depth of some fields. */
const documentMessage: Message = {
  fields: {
    swagger: [1, text],
    info: [2, info],
    paths: [8, wrapped(2, named(pathItem))],
    definitions: [9, wrapped(1, named(schema))],
    parameters: [10, wrapped(1, named(parameter))],
    security: [12, each(wrapped(1, named(wrapped(1, each(text)))))],
    securityDefinitions: [13, wrapped(1, named(wrapped(2, apiKey)))],
  },
};

export const openApiV2ProtobufType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
/** Clients ask for it by either name. */
export const openApiV2ProtobufNames: readonly string[] = [
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  openApiV2ProtobufType,
];

export function encodeOpenApiV2(document: Json): Uint8Array {
  return encodeMessage(documentMessage, document);
}
