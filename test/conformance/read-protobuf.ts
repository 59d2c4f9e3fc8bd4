/** Answers in protobuf as the JSON that they stand for: objects, and the events of watches. */

import { decodeProtobuf } from '../../services/apiserver/protobuf/decode-object.ts';
import { fieldsOf, textOf } from '../../services/apiserver/protobuf/special-messages.ts';
import type { Json } from './normalise.ts';

/** `text`: a character for each byte. */
export function readProtobuf(text: string, contentType: string): Json {
  const bytes = Buffer.from(text, 'latin1');
  return contentType.includes('stream=watch') ? eventsIn(bytes) : (decodeProtobuf(bytes) as Json);
}

const LENGTH_BYTES = 4;

/** Each begins with its length. */
function eventsIn(bytes: Buffer): Json[] {
  const events: Json[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at + LENGTH_BYTES;
    at = start + bytes.readUInt32BE(at);
    const event = fieldsOf(bytes.subarray(start, at));
    const object = fieldsOf(event.get(2)?.bytes ?? new Uint8Array()).get(1)?.bytes ?? new Uint8Array();
    events.push({ type: textOf(event.get(1)), object: decodeProtobuf(object) as Json });
  }
  return events;
}
