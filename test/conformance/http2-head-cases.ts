/** Requests of HTTP/2 whose heads are odd or wrong: their pseudo-header fields, targets and header fields. */

import type { Fields } from './hpack.ts';
import type { Exchange } from './http2-exchange.ts';
import { data, headers } from './http2-frames.ts';
import { targetList } from './raw-cases.ts';

export const MISSING = '/api/v1/namespaces/missing';
const maps = '/api/v1/namespaces/default/configmaps';

export const pseudo = { ':method': 'GET', ':scheme': 'https', ':authority': 'kubernetes', ':path': MISSING };

type Pseudo = Partial<Record<keyof typeof pseudo, string>>;

/** The usual fields but for those named; with undefined there is none. */
export const fieldsOf = (other: { [name in keyof Pseudo]: string | undefined }, ...more: Fields): Fields => [
  ...Object.entries({ ...pseudo, ...other }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  ),
  ...more,
];

const request = (...fields: Fields): Exchange => ({ sent: [headers(fields)] });
const asked = (other: { [name in keyof Pseudo]: string | undefined }, ...more: Fields): Exchange =>
  request(...fieldsOf(other, ...more));
/** A GET with header fields. */
const get = (...more: Fields): Exchange => asked({}, ...more);
const listed = (...more: Fields): Exchange => asked({ ':path': maps }, ...more);

const body = '{"metadata":{"name":""}}';
const posted = (text: string, ...more: Fields): Exchange => ({
  sent: [
    headers(fieldsOf({ ':method': 'POST', ':path': '/api/v1/namespaces?dryRun=All' }, ...more), { isOpen: true }),
    data(text),
  ],
});

const pseudoCases: Record<string, Exchange> = {
  'a usual request': get(),
  'no method': asked({ ':method': undefined }),
  'no scheme': asked({ ':scheme': undefined }),
  'no authority': asked({ ':authority': undefined }),
  'no path': asked({ ':path': undefined }),
  'no pseudo-header fields': request(['accept', '*/*']),
  'no fields at all': request(),
  'an empty method': asked({ ':method': '' }),
  'an empty scheme': asked({ ':scheme': '' }),
  'an empty authority': asked({ ':authority': '' }),
  'two methods': request([':method', 'GET'], ...fieldsOf({})),
  'two methods that differ': request([':method', 'PUT'], ...fieldsOf({})),
  'two schemes': request([':scheme', 'https'], ...fieldsOf({})),
  'two authorities': request([':authority', 'kubernetes'], ...fieldsOf({})),
  'two paths': request([':path', '/version'], ...fieldsOf({})),
  'a pseudo-header field after another field': request(
    ...fieldsOf({ ':path': undefined }),
    ['accept', '*/*'],
    [':path', MISSING],
  ),
  'a pseudo-header field that is none': asked({}, [':x', 'y']),
  'a status in a request': request([':status', '200'], ...fieldsOf({})),
  'a protocol': request([':protocol', 'websocket'], ...fieldsOf({})),
  'a pseudo-header field in capitals': request([':Method', 'GET'], ...fieldsOf({ ':method': undefined })),
  'in another order': request(...fieldsOf({}).toReversed()),
  'a host instead of an authority': asked({ ':authority': undefined }, ['host', 'kubernetes']),
  'a host beside the authority': get(['host', 'kubernetes']),
  'a host that differs from the authority': get(['host', 'other']),
  'two hosts': asked({ ':authority': undefined }, ['host', 'kubernetes'], ['host', 'other']),
  'an empty host': asked({ ':authority': undefined }, ['host', '']),
  'a host with a space': asked({ ':authority': undefined }, ['host', 'a b']),
  'an authority with a port': asked({ ':authority': 'kubernetes:443' }),
  'an authority with a port in letters': asked({ ':authority': 'kubernetes:x' }),
  'an authority with a user': asked({ ':authority': 'user:pw@kubernetes' }),
  'an authority with a space': asked({ ':authority': 'a b' }),
  'an authority with a slash': asked({ ':authority': 'a/b' }),
  'an authority with a quote': asked({ ':authority': 'a"b' }),
  'an authority beyond ASCII': asked({ ':authority': '\xc3\xa9' }),
  'an authority of IPv6': asked({ ':authority': '[::1]:443' }),
  'an authority with a comma': asked({ ':authority': 'a,b' }),
  'the scheme http': asked({ ':scheme': 'http' }),
  'the scheme HTTPS': asked({ ':scheme': 'HTTPS' }),
  'the scheme ftp': asked({ ':scheme': 'ftp' }),
  'a scheme with a space': asked({ ':scheme': 'a b' }),
  'a method in lower case': asked({ ':method': 'get' }),
  'a method of its own': asked({ ':method': 'FROB' }),
  'a method with a space': asked({ ':method': 'GE T' }),
  'a method with a slash': asked({ ':method': 'GE/T' }),
  'a method of signs': asked({ ':method': '!#$%' }),
  'a method beyond ASCII': asked({ ':method': 'G\xc3\xa9' }),
  'the method PRI': asked({ ':method': 'PRI' }),
  HEAD: asked({ ':method': 'HEAD' }),
  'HEAD of a list': asked({ ':method': 'HEAD', ':path': maps }),
  OPTIONS: asked({ ':method': 'OPTIONS' }),
  TRACE: asked({ ':method': 'TRACE' }),
  QUERY: asked({ ':method': 'QUERY' }),
  'PUT without anything': asked({ ':method': 'PUT' }),
  'PATCH without anything': asked({ ':method': 'PATCH' }),
  'POST without anything': asked({ ':method': 'POST', ':path': '/api/v1/namespaces' }),
  'CONNECT of an authority': request([':method', 'CONNECT'], [':authority', 'kubernetes:443']),
  'CONNECT of nothing': request([':method', 'CONNECT']),
  'CONNECT of a path': asked({ ':method': 'CONNECT' }),
  'CONNECT to another protocol': request([':protocol', 'websocket'], ...fieldsOf({ ':method': 'CONNECT' })),
};

const oddTargets = [
  '*',
  '**',
  '*/',
  ' ',
  '/a b',
  ' /api',
  '/api ',
  '/api\t',
  '/api\x01',
  '/api\x7f',
  '/api\0',
  '/api/\xc3\xa9',
  '/api/\xff',
  '/api\r\nx: y',
  'http://kubernetes/api/v1/x',
  'https://kubernetes/api/v1/x',
  'https://other/api/v1/x',
  'https://kubernetes',
  'x:/api',
  'x:',
  '//kubernetes/api/v1/x',
  'https:/api',
  '//[::1/api',
  'mailto:x',
];

const targetCases: Record<string, Exchange> = Object.fromEntries([
  ...[...targetList, ...oddTargets].map((path) => [`GET ${path}`, asked({ ':path': path })] as const),
  ...['*', '', '/', 'x', 'https://kubernetes/api', '/%zz'].map(
    (path) => [`OPTIONS ${path}`, asked({ ':method': 'OPTIONS', ':path': path })] as const,
  ),
  ['POST of *', asked({ ':method': 'POST', ':path': '*' })],
  ['HEAD of *', asked({ ':method': 'HEAD', ':path': '*' })],
  ['a target of 20 kB', asked({ ':path': `/${'x'.repeat(20_000)}` })],
  ['a query of 20 kB', asked({ ':path': `${MISSING}?x=${'x'.repeat(20_000)}` })],
]);

const fieldCases: Record<string, Exchange> = {
  'a name in capitals': get(['X-A', 'b']),
  'a known name in capitals': listed(['Accept', 'application/json']),
  'a name with one capital': get(['x-A', 'b']),
  'a name with a space': get(['a b', 'x']),
  'a name that ends in a space': get(['a ', 'x']),
  'a name with a colon': get(['a:b', 'x']),
  'a name with a bracket': get(['a(b', 'x']),
  'a name of signs': get(["!#$%&'*+-.^_`|~", 'x']),
  'a name with a control character': get(['a\x01', 'x']),
  'a name with a line feed': get(['a\n', 'x']),
  'a name beyond ASCII': get(['a\xc3\xa9', 'x']),
  'an empty name': get(['', 'x']),
  'a value with a carriage return': get(['a', 'b\rc']),
  'a value with a line feed': get(['a', 'b\nc: d']),
  'a value with a zero byte': get(['a', '\0']),
  'a value with a control character': get(['a', '\x01']),
  'a value with a delete': get(['a', '\x7f']),
  'a value with a tab': get(['a', 'b\tc']),
  'a value in spaces': get(['a', ' b ']),
  'a value in tabs': get(['a', '\tb\t']),
  'an Accept in spaces': listed(['accept', ' application/json ']),
  'an empty value': get(['a', '']),
  'a value beyond ASCII': get(['a', '\xc3\xa9']),
  'a value of bytes that are no text': get(['a', '\xff']),
  'a User-Agent beyond ASCII': get(['user-agent', '\xff\xc3\xa9']),
  'Connection: close': get(['connection', 'close']),
  'Connection: keep-alive': get(['connection', 'keep-alive']),
  'Connection: x': get(['connection', 'x']),
  'an empty Connection': get(['connection', '']),
  'Connection twice': get(['connection', 'close'], ['connection', 'x']),
  'Keep-Alive': get(['keep-alive', 'timeout=5']),
  'Proxy-Connection': get(['proxy-connection', 'keep-alive']),
  'Transfer-Encoding: chunked': get(['transfer-encoding', 'chunked']),
  'Transfer-Encoding: chunked with a body': posted(
    body,
    ['content-type', 'application/json'],
    ['transfer-encoding', 'chunked'],
  ),
  'Transfer-Encoding: identity': get(['transfer-encoding', 'identity']),
  'Upgrade: h2c': get(['upgrade', 'h2c']),
  'Upgrade: websocket': get(['upgrade', 'websocket']),
  'HTTP2-Settings': get(['http2-settings', 'AAMAAABkAAQAAP__']),
  'TE: trailers': get(['te', 'trailers']),
  'TE: Trailers': get(['te', 'Trailers']),
  'TE: gzip': get(['te', 'gzip']),
  'TE: trailers, gzip': get(['te', 'trailers, gzip']),
  'an empty TE': get(['te', '']),
  'TE twice': get(['te', 'trailers'], ['te', 'trailers']),
  Trailer: get(['trailer', 'x']),
  'two Accepts': listed(['accept', 'application/xml'], ['accept', 'application/json']),
  'two Accepts, the other way': listed(['accept', 'application/json'], ['accept', 'application/xml']),
  'an empty Accept': listed(['accept', '']),
  'two Authorizations': get(['authorization', 'Bearer x'], ['authorization', 'Bearer y']),
  'an Authorization': get(['authorization', 'Bearer x']),
  'an empty Authorization': get(['authorization', '']),
  'two Content-Types': posted(body, ['content-type', 'application/json'], ['content-type', 'text/plain']),
  'two Content-Types, the other way': posted(
    body,
    ['content-type', 'text/plain'],
    ['content-type', 'application/json'],
  ),
  'no Content-Type': posted(body),
  'an empty Content-Type': posted(body, ['content-type', '']),
  'a body that is encoded': posted(body, ['content-type', 'application/json'], ['content-encoding', 'gzip']),
  'two User-Agents': get(['user-agent', 'curl'], ['user-agent', 'x']),
  'an empty User-Agent': get(['user-agent', '']),
  'crumbs of a Cookie': get(['cookie', 'a=b'], ['cookie', 'c=d']),
  'Set-Cookie': get(['set-cookie', 'a=b'], ['set-cookie', 'c=d']),
  Range: asked({ ':path': maps }, ['range', 'bytes=0-1']),
  'If-Match': get(['if-match', '"x"']),
  'If-None-Match: *': asked({ ':path': '/api' }, ['if-none-match', '*']),
  'Expect: 100-continue': get(['expect', '100-continue']),
  'Expect: 100-continue with a body': posted(
    body,
    ['content-type', 'application/json'],
    ['expect', '100-continue'],
    ['content-length', String(body.length)],
  ),
  'Expect: 100-Continue': posted(body, ['content-type', 'application/json'], ['expect', '100-Continue']),
  'Expect: x': get(['expect', 'x']),
  'an empty Expect': get(['expect', '']),
  'Expect twice': posted(body, ['content-type', 'application/json'], ['expect', '100-continue'], ['expect', 'x']),
  'Impersonate-User': get(['impersonate-user', 'jane']),
  'Impersonate-User twice': get(['impersonate-user', 'jane'], ['impersonate-user', 'joe']),
  'Impersonate-Group twice': get(
    ['impersonate-user', 'jane'],
    ['impersonate-group', 'a, b'],
    ['impersonate-group', 'system:masters'],
  ),
  'Impersonate-Group alone': get(['impersonate-group', 'a']),
  'two hundred header fields': get(...Array.from({ length: 200 }, (_, at) => [`x-${at}`, 'y'] as const)),
  'a header field of 10 kB': get(['x', 'y'.repeat(10_000)]),
  'a header field of 60 kB': get(['x', 'y'.repeat(60_000)]),
  'a header field of 100 kB': get(['x', 'y'.repeat(100_000)]),
  'a header field of 2 MB': get(['x', 'y'.repeat(2_000_000)]),
  'five thousand header fields': get(...Array.from({ length: 5000 }, (_, at) => [`x-${at}`, 'y'] as const)),
  'one name ten thousand times': get(...Array.from({ length: 10_000 }, () => ['x', 'y'] as const)),
  'a header field that wants a method': get(['x-http-method-override', 'DELETE'], ['x-http-method', 'DELETE']),
  'Forwarded headers': get(['x-forwarded-for', 'a'], ['forwarded', 'for=b'], ['x-real-ip', 'c']),
};

/** By what they are about. */
export const http2HeadGroups: Readonly<Record<string, Readonly<Record<string, Exchange>>>> = {
  'pseudo-header fields of HTTP/2': pseudoCases,
  'targets of HTTP/2': targetCases,
  'header fields of HTTP/2': fieldCases,
};
