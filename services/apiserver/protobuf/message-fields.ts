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

const known = new Map<string, MessageFields>();

/** `name`: as in the table, without `io.k8s.`. Throws `ProtobufError` for types that have no fields. */
export function messageFieldsOf(name: string): MessageFields {
  const cached = known.get(name);
  if (cached) return cached;
  const code = definitionCodeOf(`io.k8s.${name}`);
  if (code === undefined) throw new ProtobufError(`unknown message ${name}`);
  const fields: MessageFields = new Map();
  if (typeof code !== 'string') for (const [field, text] of Object.entries(code.fields)) addField(fields, field, text);
  known.set(name, fields);
  return fields;
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
