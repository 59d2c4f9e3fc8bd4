import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { ServerRequest } from '../request.ts';
import type { PeerCertificate } from './client-certificate.ts';
import { readBody } from './read-body.ts';

/** RFC 9112, 3.2.2: the target as proxies get it, which servers must take too. */
const ABSOLUTE_FORM = /^https?:\/\/[^/?]*/i;

/** What both HTTP versions give, as the server's middleware sees it. Nothing of it can say that it comes from within the process. */
export function newServerRequest(
  message: IncomingMessage | Http2ServerRequest,
  peer: PeerCertificate,
  signal: AbortSignal,
): ServerRequest {
  const { method = 'GET' } = message;
  const url = (message.url ?? '/').replace(ABSOLUTE_FORM, '');
  const at = url.indexOf('?');
  const headers = headersOf(message);
  const { remoteAddress } = message.socket;
  const userAgent = headers['user-agent'];
  let body: Promise<Uint8Array> | undefined;
  return {
    method,
    path: at < 0 ? url : url.slice(0, at),
    query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)),
    headers,
    body: () => (body ??= readBody(message)),
    ...peer,
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
    ...(userAgent === undefined ? {} : { userAgent }),
    signal,
  };
}

function headersOf({ headers, rawHeaders }: IncomingMessage | Http2ServerRequest): ServerRequest['headers'] {
  const plain: ServerRequest['headers'] = Object.create(null);
  for (const [name, value] of Object.entries(headers)) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  return rawHeaders.some(isRepeatable) ? { ...plain, ...repeated(rawHeaders) } : plain;
}

/** Node joins repeated headers with commas, which values may hold; for those that name rights, it must be known where one ends. */
const isRepeatable = (name: string): boolean => /^impersonate-(group|extra-.*)$/i.test(name);

function repeated(rawHeaders: string[]): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [raw = '', value = ''] = rawHeaders.slice(at, at + 2);
    const name = raw.toLowerCase();
    if (isRepeatable(name)) values[name] = name in values ? `${values[name]}\n${value}` : value;
  }
  return values;
}
