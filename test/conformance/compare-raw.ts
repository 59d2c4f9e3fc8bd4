/** Two servers' answers to the same bytes, without what is meant to differ (in words in intended-differences.md). */

import { differences } from './difference.ts';
import { type Json, newNormaliser } from './normalise.ts';
import type { RawAnswer } from './raw-exchange.ts';

/** What depends on the moment, the build or who asks; a length is that of a body that is compared. */
const LEFT_OUT = ['accept-ranges', 'audit-id', 'content-length', 'date', 'etag', 'last-modified', 'transfer-encoding'];
/** What node or flow control adds. */
const ADDED = /^(keep-alive|process-start-time-unix|x-kubernetes-pf-.*)$/;

/** Not read, or read otherwise, as the list of intended differences tells: the embedded API refuses it, or is more patient than Go's server. */
const READ_OTHERWISE = [
  /^(two spaces|an empty line before|two empty lines before|a bare line feed.*|a preface of HTTP\/2|a header that goes on)$/,
  /^(chunks with a wrong trailer|a chunk (of a|that|with) .*|chunks and a length|a length and chunks|a length twice|a trailer that may not be|chunks over HTTP\/1\.0|Transfer-Encoding: identity)$/,
  /^(a header of 500 kB|a target of 100 kB|two Accepts|HEAD \/%zz|If-(Unm|M)odified-Since of OpenAPI)$/,
  /^GET (\/openapi\/v3\/apis|\/api\/v1\/namespaces\/%ff)$/,
];
/** The connection ends with the answer. */
const LAST =
  /^(HTTP\/1\.\d.*|a method .*|bytes beyond ASCII|CONNECT .*|GET (x|https):.*|FROB .*|a body of an unknown method|Expect (over|without) .*)$/;
/** Documents that tell what a server is, whose heads alone are compared. */
const OWN_DOCUMENT =
  /^\w+ \/(index\.html|version\/*|metrics\/?|api\/v1\/?|openapi\/v[23]\/?|healthz|)?(\?\S*)? |^\w+ https?:\/\/?\w*(\?x)? |verbose/;

/** One line for each difference. */
export function compareRaw(sent: RawCase, embedded: readonly RawAnswer[], upstream: readonly RawAnswer[]): string[] {
  if (READ_OTHERWISE.some((names) => names.test(sent.name)))
    return embedded.length > 0 ? [] : ['the embedded API does not answer'];
  const answers = [embedded, upstream].map((all) => (LAST.test(sent.name) ? all.slice(0, 1) : all));
  const [ours, theirs] = answers.map((all) => all.map((answer) => compared(sent, answer)));
  return differences(ours, theirs);
}

export interface RawCase {
  name: string;
  text: string;
}

function compared({ name, text: sent }: RawCase, answer: RawAnswer): Json {
  const isLast = LAST.test(name);
  const { connection, ...headers } = answer.headers;
  if (!isLast) return comparedAnswer(sent, answer);
  return comparedAnswer(sent, { ...answer, line: answer.line.replace('HTTP/1.0', 'HTTP/1.1'), headers });
}

/** What is compared of an answer to a request that begins with a method and its target. */
export function comparedAnswer(sent: string, { line, headers, body }: RawAnswer): Json {
  const { json, text } = newNormaliser();
  const kept = Object.entries(headers).filter(([header]) => !LEFT_OUT.includes(header) && !ADDED.test(header));
  return {
    line,
    headers: Object.fromEntries(kept.map(([header, value]) => [header, text(value)])),
    body: OWN_DOCUMENT.test(sent) && line.includes('200') ? '<its own>' : parsed(body, json, text),
  };
}

function parsed(body: string, json: (body: Json) => Json, text: (text: string) => string): Json {
  try {
    return withoutOwn(json(JSON.parse(body) as Json));
  } catch {
    return text(body);
  }
}

/** Who wrote the objects that are there from the beginning, and where the server is. */
const OWN_FIELDS = ['manager', 'serverAddress'];

function withoutOwn(body: Json): Json {
  return JSON.parse(JSON.stringify(body, (name, value) => (OWN_FIELDS.includes(name) ? '<own>' : value))) as Json;
}
