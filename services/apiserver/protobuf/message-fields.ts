import { definitionCodeOf } from '../../../shared/apis/builtin/definitions.ts';
import { ProtobufError } from './wire-reader.ts';

/** The fields of a built-in type's message by number, from the data table (its form is described in `shared/apis/builtin/table.ts`). */
export interface MessageField {
  /** In JSON. */
  name: string;
  /** The type expression, without the mark for a zero default. */
  type: string;
  /** JSON leaves out its zero value; of other fields the encoding writes a zero only if it means something. */
  omitsZero: boolean;
  /** The fields of a message that JSON inlines. */
  inline?: MessageFields;
}

export type MessageFields = Map<number, MessageField>;

const META = 'apimachinery.pkg.apis.meta.v1';
const DISCOVERY = 'api.apidiscovery.v2';
/** What no OpenAPI document describes, and so the data table has not. Source: generated.proto in apimachinery, pkg/apis/meta/v1, and in api, apidiscovery/v2. */
const UNPUBLISHED: Readonly<Record<string, { fields: Record<string, string> }>> = {
  [`${META}.PartialObjectMetadata`]: { fields: { metadata: `1 ${META}.ObjectMeta` } },
  [`${META}.PartialObjectMetadataList`]: {
    fields: { metadata: `1 ${META}.ListMeta`, items: `2 []${META}.PartialObjectMetadata` },
  },
  [`${META}.GroupVersionKind`]: { fields: { group: '1 string~', version: '2 string~', kind: '3 string~' } },
  [`${DISCOVERY}.APIGroupDiscoveryList`]: {
    fields: { metadata: `1 ${META}.ListMeta`, items: `2 []${DISCOVERY}.APIGroupDiscovery` },
  },
  [`${DISCOVERY}.APIGroupDiscovery`]: {
    fields: { metadata: `1 ${META}.ObjectMeta`, versions: `2 []${DISCOVERY}.APIVersionDiscovery` },
  },
  [`${DISCOVERY}.APIVersionDiscovery`]: {
    fields: { version: '1 string~', resources: `2 []${DISCOVERY}.APIResourceDiscovery`, freshness: '3 string~' },
  },
  [`${DISCOVERY}.APIResourceDiscovery`]: {
    fields: {
      resource: '1 string~',
      responseKind: `2 ${META}.GroupVersionKind`,
      scope: '3 string~',
      singularResource: '4 string~',
      verbs: '5 []string~',
      shortNames: '6 []string~',
      categories: '7 []string~',
      subresources: `8 []${DISCOVERY}.APISubresourceDiscovery`,
    },
  },
  [`${DISCOVERY}.APISubresourceDiscovery`]: {
    fields: { subresource: '1 string~', responseKind: `2 ${META}.GroupVersionKind`, verbs: '4 []string~' },
  },
};

/** A list with a type of its own in Go is a message of its elements, which OpenAPI does not show. By message and field. */
const LISTS_OF_THEIR_OWN: Readonly<Record<string, string>> = { [`${META}.APIResource verbs`]: `${META}.Verbs` };

const known = new Map<string, MessageFields>();

/** `name`: as in the table, without `io.k8s.`. Throws `ProtobufError` for types that have no fields. */
export function messageFieldsOf(name: string): MessageFields {
  const cached = known.get(name);
  if (cached) return cached;
  const code = UNPUBLISHED[name] ?? definitionCodeOf(`io.k8s.${name}`);
  if (code === undefined) throw new ProtobufError(`unknown message ${name}`);
  const fields: MessageFields = new Map();
  if (typeof code !== 'string')
    for (const [field, text] of Object.entries(code.fields)) addField(fields, field, codeOf(name, field, text));
  known.set(name, fields);
  return fields;
}

function codeOf(message: string, field: string, code: string): string {
  const own = LISTS_OF_THEIR_OWN[`${message} ${field}`];
  return own === undefined ? code : `${code.split(' ')[0]} ${own}`;
}

function addField(fields: MessageFields, name: string, code: string): void {
  const [place = '', type = ''] = code.split(' ');
  const [, path = '', omits = ''] = /^([\d.]+)!?([?^]?)$/.exec(place) ?? [];
  const numbers = path.split('.').map(Number);
  if (numbers[0] === 0) return;
  const last = numbers.pop() ?? 0;
  let message = fields;
  for (const number of numbers) {
    const outer = message.get(number) ?? { name: '', type: '', omitsZero: false, inline: new Map() };
    message.set(number, outer);
    outer.inline ??= new Map();
    message = outer.inline;
  }
  message.set(last, { name, type: type.replace(/~$/, ''), omitsZero: omits === '?' });
}
