/** HTTP/2 whose frames are odd or wrong: bodies, streams, and connections. */

import { packed, packedNumber } from './hpack.ts';
import type { Exchange } from './http2-exchange.ts';
import {
  data,
  flagBits,
  frame,
  frameTypes,
  headers,
  ping,
  preface,
  reset,
  settingIds,
  settings,
  settingsAck,
  uint32,
  windowUpdate,
} from './http2-frames.ts';
import { fieldsOf, MISSING } from './http2-head-cases.ts';

const get = (stream = 1, path = MISSING): Buffer => headers(fieldsOf({ ':path': path }), { stream });
const opened = (stream = 1): Buffer => headers(fieldsOf({}), { stream, isOpen: true });
const body = '{"metadata":{"name":""}}';
const namespaces = '/api/v1/namespaces?dryRun=All';
const post = (...more: [string, string][]): Buffer =>
  headers(fieldsOf({ ':method': 'POST', ':path': namespaces }, ['content-type', 'application/json'], ...more), {
    isOpen: true,
  });
const of = (method: string, ...more: [string, string][]): Buffer =>
  headers(fieldsOf({ ':method': method }, ...more), { isOpen: true });
const length = (value: number | string): [string, string] => ['content-length', String(value)];
const trailers = (...fields: [string, string][]): Buffer => headers(fields);
const sent = (...parts: (Buffer | number)[]): Exchange => ({ sent: parts });
/** Of the request behind each case. */
export const LAST_STREAM = 1001;
/** The stream stays as it is. */
const left = (...parts: (Buffer | number)[]): Exchange => ({ sent: parts, unanswered: [1] });
const padded = (text: string, padding: number): Buffer =>
  frame({
    type: frameTypes.data,
    flags: flagBits.endStream | flagBits.padded,
    stream: 1,
    payload: Buffer.concat([Buffer.from([padding]), Buffer.from(text)]),
  });

const bodyCases: Record<string, Exchange> = {
  'a body': sent(post(), data(body)),
  'a body of its length': sent(post(length(body.length)), data(body)),
  'a body in two frames': sent(post(), data(body.slice(0, 5), { isOpen: true }), data(body.slice(5))),
  'a body a byte at a time': sent(post(), ...[...body].map((byte) => data(byte, { isOpen: true })), data('')),
  'empty frames before a body': sent(post(), data('', { isOpen: true }), data('', { isOpen: true }), data(body)),
  'a body that is longer than was said': sent(post(length(5)), data(body)),
  'a body that is longer than was said, in two frames': sent(
    post(length(5)),
    data(body.slice(0, 5), { isOpen: true }),
    data(body.slice(5)),
  ),
  'a body that is shorter than was said': sent(post(length(500)), data(body)),
  'a body where none was said': sent(post(length(0)), data(body)),
  'no body where one was said': sent(
    headers(fieldsOf({ ':method': 'POST', ':path': namespaces }, ['content-type', 'application/json'], length(5))),
  ),
  'no body of GET where one was said': sent(headers(fieldsOf({}, length(5)))),
  'an empty body where one was said': sent(post(length(5)), data('')),
  'an empty body': sent(post(), data('')),
  'an empty body of its length': sent(post(length(0)), data('')),
  'a negative length': sent(post(length(-1)), data(body)),
  'a length with a sign': sent(post(length(`+${body.length}`)), data(body)),
  'a length in letters': sent(post(length('x')), data(body)),
  'an empty length': sent(post(length('')), data(body)),
  'a length with zeros before': sent(post(length(`000${body.length}`)), data(body)),
  'a length beyond all': sent(post(length('99999999999999999999')), data(body)),
  'a length twice': sent(post(length(body.length), length(body.length)), data(body)),
  'two lengths': sent(post(length(body.length), length(3)), data(body)),
  'a list of lengths': sent(post(length(`${body.length}, ${body.length}`)), data(body)),
  'a length of GET in letters': sent(headers(fieldsOf({}, length('x')))),
  'padding around a body': sent(post(length(body.length)), padded(`${body}${'\0'.repeat(20)}`, 20)),
  'padding that is not empty': sent(post(), padded(`${body}${'x'.repeat(20)}`, 20)),
  'more padding than there is': sent(post(), padded(body, 200)),
  'nothing but padding': sent(post(), padded('\0'.repeat(10), 10)),
  'a body of GET': sent(of('GET'), data('abc')),
  'a body of GET that is not JSON, of its length': sent(of('GET', length(3)), data('abc')),
  'a body of HEAD': sent(of('HEAD'), data('abc')),
  'a body of DELETE': sent(of('DELETE'), data('abc')),
  'a body of an unknown method': sent(of('FROB'), data('abc')),
  'a body of TRACE': sent(of('TRACE'), data('abc')),
  'a body of OPTIONS *': sent(headers(fieldsOf({ ':method': 'OPTIONS', ':path': '*' }), { isOpen: true }), data('abc')),
  'trailers after a body': sent(post(), data(body, { isOpen: true }), trailers(['x', 'y'])),
  'trailers after a body of its length': sent(
    post(length(body.length)),
    data(body, { isOpen: true }),
    trailers(['x', 'y']),
  ),
  'trailers that were told': sent(post(['trailer', 'x']), data(body, { isOpen: true }), trailers(['x', 'y'])),
  'trailers without a body': sent(post(), trailers(['x', 'y'])),
  'trailers of GET': sent(opened(), trailers(['x', 'y'])),
  'trailers before the length is there': sent(post(length(500)), data(body, { isOpen: true }), trailers(['x', 'y'])),
  'no trailers in trailers': sent(post(), data(body, { isOpen: true }), trailers()),
  'trailers in capitals': sent(post(), data(body, { isOpen: true }), trailers(['X', 'y'])),
  'trailers with a pseudo-header field': sent(post(), data(body, { isOpen: true }), trailers([':path', '/'])),
  'trailers with a length': sent(post(), data(body, { isOpen: true }), trailers(length(body.length))),
  'trailers with a connection': sent(post(), data(body, { isOpen: true }), trailers(['connection', 'close'])),
  'trailers that do not end': sent(post(), data(body, { isOpen: true }), headers([['x', 'y']], { isOpen: true })),
  'trailers in the middle': sent(
    post(),
    data(body, { isOpen: true }),
    headers([['x', 'y']], { isOpen: true }),
    data(body),
  ),
  'trailers that say who asks': sent(
    post(),
    data(body, { isOpen: true }),
    trailers(['impersonate-user', 'jane'], ['authorization', 'Bearer x']),
  ),
  'an end held back from GET': sent(opened()),
  'an end held back from GET of a list': sent(
    headers(fieldsOf({ ':path': '/api/v1/namespaces/default/configmaps' }), { isOpen: true }),
  ),
  'an end held back from HEAD': sent(of('HEAD')),
  'an end held back from what is not there': sent(
    headers(fieldsOf({ ':method': 'POST', ':path': '/x' }), { isOpen: true }),
    data('abc', { isOpen: true }),
  ),
  'an end held back from an unknown method': sent(of('FROB')),
  'an end held back from a body': left(post(), data(body, { isOpen: true })),
  'an end held back from a body of its length': left(post(length(body.length)), data(body, { isOpen: true })),
  'an end held back from DELETE': left(of('DELETE')),
  'an end held back from OPTIONS': sent(of('OPTIONS')),
  'a body that was expected and comes later': sent(post(['expect', '100-continue']), ping(), data(body)),
  'a body of 100 kB': sent(
    post(),
    ...Array.from({ length: 10 }, () => data(' '.repeat(10_000), { isOpen: true })),
    data(body),
  ),
};

const rawHeaders = (payload: Buffer, flags: number = flagBits.endStream | flagBits.endHeaders, stream = 1): Buffer =>
  frame({ type: frameTypes.headers, flags, stream, payload });
const continuation = (payload: Buffer, flags: number = flagBits.endHeaders, stream = 1): Buffer =>
  frame({ type: frameTypes.continuation, flags, stream, payload });
const usual = packed(fieldsOf({}));
const priority = (dependsOn: number, stream = 1): Buffer =>
  frame({ type: frameTypes.priority, stream, payload: Buffer.concat([uint32(dependsOn), Buffer.from([15])]) });
const withPriority = (dependsOn: number): Buffer =>
  rawHeaders(
    Buffer.concat([uint32(dependsOn), Buffer.from([15]), usual]),
    flagBits.endStream | flagBits.endHeaders | flagBits.priority,
  );

const streamCases: Record<string, Exchange> = {
  'two requests': sent(get(1), get(3)),
  'a stream that leaves some out': sent(get(1), get(99)),
  'a stream with an even number': sent(get(2)),
  'the stream 0': sent(get(0)),
  'a stream before the last': { sent: [get(5), 5, get(3)], unanswered: [3] },
  'a stream twice': sent(get(1), 1, get(1)),
  'a second head while the first is answered': sent(get(1), get(1)),
  'a second head after the end': sent(post(), data(body), get(1)),
  'a second head before the end': sent(opened(), 1, get(1)),
  'data on an idle stream': sent(data('x')),
  'data on the stream 0': sent(data('x', { stream: 0 })),
  'data on a stream with an even number': sent(data('x', { stream: 2 })),
  'data after the end': sent(post(), data(body), data(body)),
  'data after the answer': sent(get(1), 1, data('x')),
  'data after the answer to what was not ended': sent(opened(), 1, data('x')),
  'data on a stream that was reset': { sent: [post(), reset(8), data(body)], unanswered: [1] },
  'a reset': { sent: [post(), reset(8)], unanswered: [1] },
  'a reset without an error': { sent: [post(), reset(0)], unanswered: [1] },
  'a reset with a code of its own': { sent: [post(), reset(999)], unanswered: [1] },
  'a reset of an idle stream': sent(reset(8)),
  'a reset of the stream 0': sent(reset(8, 0)),
  'a reset of an even stream': sent(reset(8, 2)),
  'a reset after the answer': sent(get(1), 1, reset(8)),
  'two resets': { sent: [post(), reset(8), reset(8)], unanswered: [1] },
  'a reset that is too short': sent(frame({ type: frameTypes.reset, stream: 1, payload: Buffer.alloc(3) })),
  'a reset that is too long': sent(post(), frame({ type: frameTypes.reset, stream: 1, payload: Buffer.alloc(5) })),
  'a window update': sent(get(1), windowUpdate(100, 1), windowUpdate(100)),
  'a window update of nothing': sent(windowUpdate(0)),
  'a window update of nothing for a stream': sent(opened(), windowUpdate(0, 1)),
  'a window beyond all': sent(windowUpdate(2 ** 31 - 1)),
  'a window beyond all for a stream': left(post(), windowUpdate(2 ** 31 - 1, 1)),
  'a window update of an idle stream': sent(windowUpdate(1, 1)),
  'a window update of an even stream': sent(windowUpdate(1, 2)),
  'a window update after the answer': sent(get(1), 1, windowUpdate(1, 1)),
  'a window update with the reserved bit': sent(get(1), windowUpdate(2 ** 31 + 1, 0)),
  'a window update that is too short': sent(frame({ type: frameTypes.windowUpdate, payload: Buffer.alloc(3) })),
  'a priority': sent(priority(0), get(1)),
  'a priority of an idle stream': sent(priority(3, 5), get(1)),
  'a priority on the stream 0': sent(priority(0, 0)),
  'a priority after the answer': sent(get(1), 1, priority(3)),
  'a priority on oneself': sent(priority(1)),
  'a priority on oneself of an open stream': left(post(), priority(1)),
  'a priority that is too short': sent(frame({ type: frameTypes.priority, stream: 1, payload: Buffer.alloc(4) })),
  'a priority that is exclusive': sent(priority(2 ** 31 + 3), get(1)),
  'headers with a priority': sent(withPriority(0)),
  'headers with a priority on oneself': sent(withPriority(1)),
  'headers with a priority and nothing else': sent(
    rawHeaders(Buffer.alloc(3), flagBits.endStream | flagBits.endHeaders | flagBits.priority),
  ),
  'padding around headers': sent(
    rawHeaders(
      Buffer.concat([Buffer.from([5]), usual, Buffer.alloc(5)]),
      flagBits.endStream | flagBits.endHeaders | flagBits.padded,
    ),
  ),
  'more padding than headers': sent(
    rawHeaders(
      Buffer.concat([Buffer.from([255]), Buffer.alloc(5)]),
      flagBits.endStream | flagBits.endHeaders | flagBits.padded,
    ),
  ),
  'headers in several frames': sent(
    rawHeaders(usual.subarray(0, 10), flagBits.endStream),
    continuation(usual.subarray(10, 20), 0),
    continuation(usual.subarray(20)),
  ),
  'headers a byte a frame': sent(
    rawHeaders(usual.subarray(0, 1), flagBits.endStream),
    ...[...usual.subarray(1, -1)].map((byte) => continuation(Buffer.from([byte]), 0)),
    continuation(usual.subarray(-1)),
  ),
  'an empty frame of headers, and the rest in another': sent(
    rawHeaders(Buffer.alloc(0), flagBits.endStream),
    continuation(usual),
  ),
  'an empty continuation': sent(
    rawHeaders(usual, flagBits.endStream),
    continuation(Buffer.alloc(0), 0),
    continuation(Buffer.alloc(0)),
  ),
  'a continuation of nothing': sent(continuation(usual)),
  'a continuation after the end of headers': sent(get(1), continuation(usual)),
  'a continuation of another stream': sent(
    rawHeaders(usual.subarray(0, 10), flagBits.endStream),
    continuation(usual.subarray(10), flagBits.endHeaders, 3),
  ),
  'a continuation on the stream 0': sent(continuation(usual, flagBits.endHeaders, 0)),
  'a ping in the middle of headers': sent(
    rawHeaders(usual.subarray(0, 10), flagBits.endStream),
    ping(),
    continuation(usual.subarray(10)),
  ),
  'another head in the middle of headers': sent(rawHeaders(usual.subarray(0, 10), flagBits.endStream), get(3)),
};

const connectionCases: Record<string, Exchange> = {
  'two pings': sent(ping('abcdefgh'), ping('hgfedcba')),
  'an answer to no ping': sent(ping('abcdefgh', flagBits.ack)),
  'a ping on a stream': sent(frame({ type: frameTypes.ping, stream: 1, payload: Buffer.alloc(8) })),
  'a ping that is too short': sent(frame({ type: frameTypes.ping, payload: Buffer.alloc(7) })),
  'a ping that is too long': sent(frame({ type: frameTypes.ping, payload: Buffer.alloc(9) })),
  'a frame of an unknown type': sent(frame({ type: 99, payload: Buffer.alloc(5) })),
  'a frame of an unknown type on a stream': sent(frame({ type: 99, stream: 1, payload: Buffer.alloc(5) }), get(1)),
  'a frame with unknown flags': sent(frame({ type: frameTypes.ping, flags: 0xf6, payload: Buffer.alloc(8) })),
  'headers with unknown flags': sent(rawHeaders(usual, flagBits.endStream | flagBits.endHeaders | 0xd2)),
  'the reserved bit of a stream': sent(rawHeaders(usual, flagBits.endStream | flagBits.endHeaders, 2 ** 31 + 1)),
  'a frame that is too large': left(post(), data('x'.repeat(16_385), { isOpen: true })),
  'a frame of a megabyte': left(post(), data('x'.repeat(1_048_577), { isOpen: true })),
  'a head that is too large for a frame': sent(rawHeaders(packed([...fieldsOf({}), ['x', 'y'.repeat(20_000)]]))),
  'an ALTSVC': sent(frame({ type: 10, payload: Buffer.from('\0\0h2=":1"') })),
  'an ORIGIN': sent(frame({ type: 12, payload: Buffer.alloc(0) })),
  'a PRIORITY_UPDATE': sent(frame({ type: 16, payload: Buffer.concat([uint32(1), Buffer.from('u=1')]) }), get(1)),
  'a PUSH_PROMISE': sent(
    frame({
      type: frameTypes.pushPromise,
      flags: flagBits.endHeaders,
      stream: 1,
      payload: Buffer.concat([uint32(2), usual]),
    }),
  ),
  'a GOAWAY that is no error': sent(frame({ type: frameTypes.goaway, payload: Buffer.concat([uint32(0), uint32(0)]) })),
  'a GOAWAY that is an error': sent(frame({ type: frameTypes.goaway, payload: Buffer.concat([uint32(0), uint32(2)]) })),
  'a GOAWAY on a stream': sent(
    frame({ type: frameTypes.goaway, stream: 1, payload: Buffer.concat([uint32(0), uint32(0)]) }),
  ),
  'a GOAWAY that is too short': sent(frame({ type: frameTypes.goaway, payload: Buffer.alloc(7) })),
  'no settings': sent(settings()),
  'settings that no server knows': sent(settings([99, 1], [0xffff, 2 ** 32 - 1])),
  'settings of an extended CONNECT': sent(settings([8, 1])),
  'settings on a stream': sent(frame({ type: frameTypes.settings, stream: 1 })),
  'settings of an odd length': sent(frame({ type: frameTypes.settings, payload: Buffer.alloc(5) })),
  'an answer to no settings': sent(settingsAck),
  'an answer to settings with settings': sent(
    frame({ type: frameTypes.settings, flags: flagBits.ack, payload: Buffer.alloc(6) }),
  ),
  'pushes allowed': sent(settings([settingIds.push, 1]), get(1)),
  'pushes neither allowed nor not': sent(settings([settingIds.push, 2])),
  'no streams for the server': sent(settings([settingIds.maxStreams, 0]), get(1)),
  'a window beyond all to begin with': sent(settings([settingIds.window, 2 ** 31])),
  'a window that overflows with the settings': left(
    post(),
    windowUpdate(1000, 1),
    settings([settingIds.window, 2 ** 31 - 1]),
  ),
  'the smallest frames': sent(settings([settingIds.maxFrame, 16_384]), get(1)),
  'frames that are too small': sent(settings([settingIds.maxFrame, 100])),
  'frames that are too large': sent(settings([settingIds.maxFrame, 2 ** 24])),
  'the largest frames': sent(settings([settingIds.maxFrame, 2 ** 24 - 1]), get(1, '/apis/apps/v1')),
  'a small list of headers': sent(settings([settingIds.maxHeaderList, 1]), get(1)),
  'a setting twice': sent(settings([settingIds.tableSize, 100], [settingIds.tableSize, 0]), get(1)),
  'a hundred settings': sent(settings(...Array.from({ length: 100 }, (_, at) => [1000 + at, 1] as const)), get(1)),
  'no window for an answer': { sent: [settings([settingIds.window, 0]), get(1)], unanswered: [1, LAST_STREAM] },
  'a window that opens': {
    sent: [settings([settingIds.window, 0]), get(1), windowUpdate(2 ** 20, 1)],
    unanswered: [LAST_STREAM],
  },
  'a window that opens by settings': sent(
    settings([settingIds.window, 0]),
    get(1),
    settings([settingIds.window, 2 ** 20]),
  ),
  'a window of a byte that opens': {
    sent: [settings([settingIds.window, 1]), get(1), windowUpdate(2 ** 20, 1)],
    unanswered: [LAST_STREAM],
  },
  'a field of the index 0': sent(rawHeaders(Buffer.from([0x80]))),
  'a field beyond the table': sent(rawHeaders(Buffer.from([0xff, 0x80, 0x01]))),
  'a name beyond the table': sent(rawHeaders(Buffer.concat([usual, Buffer.from([0x0f, 0x70, 0x01, 0x78])]))),
  'a number that does not end': sent(rawHeaders(Buffer.alloc(20, 0xff))),
  'a text that is cut off': sent(rawHeaders(usual.subarray(0, -3))),
  'a text in no code': sent(rawHeaders(Buffer.concat([usual, Buffer.from([0, 0x84, 0xff, 0xff, 0xff, 0xff, 0])]))),
  'a text with long padding': sent(rawHeaders(Buffer.concat([usual, Buffer.from([0, 0x02, 0x1f, 0xff, 0x01, 0x78])]))),
  'a table that is made smaller': sent(rawHeaders(Buffer.concat([Buffer.from([0x20]), usual]))),
  'a table that is made larger than allowed': sent(
    rawHeaders(Buffer.concat([packedNumber(100_000, { bits: 5, mark: 0x20 }), usual])),
  ),
  'a table that is made smaller in the middle': sent(rawHeaders(Buffer.concat([usual, Buffer.from([0x20])]))),
  'fields that the table remembers': sent(
    rawHeaders(Buffer.concat([usual, Buffer.from([0x40, 1, 0x61, 1, 0x62])])),
    rawHeaders(Buffer.concat([usual, Buffer.from([0xbe])]), flagBits.endStream | flagBits.endHeaders, 3),
  ),
};

const bare = (...parts: Buffer[]): Exchange => ({ sent: parts, isBare: true });

const beginningCases: Record<string, Exchange> = {
  'a usual beginning': { ...bare(preface, settings([settingIds.tableSize, 0]), get(1)) },
  'no preface': bare(settings(), get(1)),
  'another preface': bare(Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n'), settings(), get(1)),
  'a request of HTTP/1.1': bare(Buffer.from(`GET ${MISSING} HTTP/1.1\r\nHost: kubernetes\r\n\r\n`)),
  words: bare(Buffer.from('hello hello hello hello hello hello')),
  'no settings after the preface': bare(preface, get(1)),
  'a ping before the settings': bare(preface, ping(), settings(), get(1)),
  'the preface twice': bare(preface, preface, settings(), get(1)),
  'settings at the beginning with an answer': bare(preface, settingsAck, settings(), get(1)),
};

/** By what they are about. */
export const http2FrameGroups: Readonly<Record<string, Readonly<Record<string, Exchange>>>> = {
  'bodies in HTTP/2': bodyCases,
  'streams of HTTP/2': streamCases,
  'connections of HTTP/2': connectionCases,
  'beginnings of HTTP/2': beginningCases,
};
