import type { ServerResponse as HttpResponse, IncomingMessage } from 'node:http';

/** What Go's server asks of a head of HTTP/1.1 beyond what node's parser does. Source: Go, net/http, readRequest of request.go and server.go. */

/** The words for a head that is refused; undefined: it is good. */
export function faultOf({ url = '', httpVersion, method, rawHeaders, headers }: HeadLine): string | undefined {
  if (!httpVersion.startsWith('1.')) return '505 HTTP Version Not Supported: unsupported protocol version';
  if (!isTarget(url, method) || !isWellEncoded(url)) return '400 Bad Request';
  const hosts = valuesOf(rawHeaders, 'host');
  const codings = headers['transfer-encoding'] === undefined ? [] : valuesOf(rawHeaders, 'transfer-encoding');
  const isNewer = httpVersion !== '1.0';
  if (hosts.length > 1) return '400 Bad Request';
  if (isNewer && codings.some((coding) => coding.toLowerCase() !== 'chunked')) return UNKNOWN_CODING;
  if (isNewer && hosts.length === 0 && method !== 'CONNECT') return '400 Bad Request: missing required Host header';
  return HOST.test(hosts[0] ?? '') ? undefined : '400 Bad Request: malformed Host header';
}

type HeadLine = Pick<IncomingMessage, 'url' | 'httpVersion' | 'method' | 'rawHeaders' | 'headers'>;

/** Every character that a host may have, in whatever order. */
const HOST = /^[\w!$%&'()*+,\-.:;=[\]~]*$/;

/** A path, an absolute URL, or what stands for the server itself. */
const isTarget = (url: string, method = ''): boolean =>
  method === 'CONNECT' || url === '*' || (/^(\/|[a-z][a-z0-9+.-]*:)/i.test(url) && !CONTROL.test(url));

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x1f\x7f]/;

/** A percent sign in the path has to encode something; what is behind the question mark is read otherwise. */
function isWellEncoded(url: string): boolean {
  if (!url.includes('%')) return true;
  const [path = ''] = url.split('?', 1);
  return !/%(?![0-9a-f]{2})/i.test(path);
}

function valuesOf(rawHeaders: readonly string[], wanted: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === wanted);
}

/** Of a body. */
export const UNKNOWN_CODING = '501 Not Implemented';
/** Beside the line itself. */
const BODIES: Readonly<Record<string, string>> = { [UNKNOWN_CODING]: 'Unsupported transfer encoding' };

/** In text, and the connection ends: nobody knows where the next request begins. */
export function refuseHead(response: HttpResponse, fault: string): void {
  const [status = '', ...reason] = fault.split(' ');
  const body = BODIES[fault] ?? fault;
  response.sendDate = false;
  response.writeHead(Number(status), reason.join(' '), {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  });
  response.end(body);
}

/** An expectation that nobody meets, of which Go's server says nothing more. */
export function refuseExpectation(response: HttpResponse): void {
  response.writeHead(417, { connection: 'close', 'content-length': '0' });
  response.end();
}

/** To `OPTIONS *`, which asks about the server itself. */
export function answerServerOptions(response: HttpResponse): void {
  response.removeHeader('connection');
  response.writeHead(200, { 'content-length': '0' });
  response.end();
}
