/** Two servers' answers to the same frames, without what is meant to differ (in words in intended-differences.md). */

import { comparedAnswer } from './compare-raw.ts';
import { differences } from './difference.ts';
import type { Http2Answer } from './http2-exchange.ts';
import type { Json } from './normalise.ts';

/** What two libraries of HTTP/2 read otherwise, as the list of intended differences tells: a stream or a connection ends that the other goes on with. */
const READ_OTHERWISE = [
  // The authority, the scheme, the method and the target.
  /^(no|an empty) authority$|^(two hosts|an empty host|a host with a space)$|^an authority (with a (user|space|slash|quote)|beyond ASCII)$/,
  /^the scheme (HTTPS|ftp)$|^a method (with a (space|slash)|beyond ASCII)$|^CONNECT of an authority$/,
  /^\w+ (\/%zz|\/api\/%|\/api\/v1\/%2|\/api\/v1\/namespaces\/%(zz|ff)|\/openapi\/v3\/apis)$/,
  /^(GET|POST of|HEAD of) \*$|^GET (\/a b|\/api )$|^\w+ [a-z]+:.*$/,
  // Header fields that may not be, come twice, or are too much.
  /^a (name (with a (space|colon|bracket|control character|line feed)|that ends in a space|beyond ASCII)|value with a (carriage return|line feed|zero byte|control character|delete))$/,
  /^an empty (name|Connection|TE)$|^(Connection: .*|(Connection|TE) twice|Keep-Alive|Proxy-Connection|Transfer-Encoding: .*|Upgrade: .*|TE: (Trailers|gzip|trailers, gzip))$/,
  /^(two Accepts|Impersonate-User twice|a header field of 100 kB|five thousand header fields|one name ten thousand times)$/,
  // Lengths that are not those of their bodies.
  /^(a body that is shorter than was said|no body (of GET )?where one was said|an empty body where one was said|a length twice|two lengths)$/,
  /^(a length of GET in letters|trailers before the length is there|trailers with a connection)$/,
  // Frames that no client sends.
  /^(a stream (before the last|twice)|a second head .*|data after the end|data on a stream that was reset)$/,
  /^(a window (update of nothing|beyond all) for a stream|a window that overflows with the settings)$/,
  /^((headers with )?a priority on oneself.*|more padding than headers|headers a byte a frame|an answer to no ping)$/,
  /^(a frame that is too large|a head that is too large for a frame|a setting twice|a hundred settings)$/,
  /^(a text with long padding|a table that is made smaller in the middle|settings at the beginning with an answer)$/,
];

/** By the library of Node 22 and newer besides: it ends the connection, not the stream; and reads over a priority of the connection. */
const READ_OTHERWISE_BY_NEWER =
  /^a body (that is longer than was said.*|where none was said)$|^a priority on the stream 0$/;
const FIRST_NEWER_NODE = 22;

const isNewer = Number.parseInt(process.versions.node, 10) >= FIRST_NEWER_NODE;
const readOtherwise = isNewer ? [...READ_OTHERWISE, READ_OTHERWISE_BY_NEWER] : READ_OTHERWISE;

/** One line for each difference. */
export function compareHttp2(name: string, embedded: Http2Answer, upstream: Http2Answer): string[] {
  const isReadOtherwise = readOtherwise.some((names) => names.test(name));
  if (isReadOtherwise) return embedded.failure === 'nothing came' ? ['the embedded API does not answer'] : [];
  return differences(compared(name, embedded), compared(name, upstream));
}

/** By which code a connection fails is up to libraries; what was answered before, and how much of an answer that has not ended, depends on the moment. */
function compared(name: string, { streams, failure }: Http2Answer): Json {
  if (failure !== undefined) return failure === 'nothing came' ? failure : 'the connection fails';
  const ended = Object.entries(streams).filter(([, { end }]) => end !== 'open');
  return Object.fromEntries(
    ended.map(([id, { status, headers, body, ...rest }]) => [
      id,
      { ...rest, answer: comparedAnswer(`${name} HTTP/2`, { line: `HTTP/2 ${status}`, headers, body }) },
    ]),
  );
}
