import type { ServerRequest } from '../request.ts';
import type { PeerCertificate } from './client-certificate.ts';
import type { Incoming } from './incoming.ts';
import type { Leaving } from './leaving.ts';
import { readBody } from './read-body.ts';

/** RFC 9112, 3.2.2: the target as proxies get it, which servers must take too. */
const ABSOLUTE_FORM = /^https?:\/\/[^/?]*/i;

/** Who is at the other end of a connection. */
export interface Peer extends PeerCertificate {
  remoteAddress?: string;
}

/** What both HTTP versions give, as the server's middleware sees it. Nothing of it can say that it comes from within the process. */
export function newServerRequest(incoming: Incoming, peer: Peer, leaving: Leaving): ServerRequest {
  const { method } = incoming;
  const url = incoming.url.startsWith('/') ? incoming.url : incoming.url.replace(ABSOLUTE_FORM, '');
  const at = url.indexOf('?');
  const rawQuery = at < 0 ? '' : url.slice(at + 1);
  const headers = headersOf(incoming);
  const userAgent = headers['user-agent'];
  let body: Promise<Uint8Array> | undefined;
  return Object.assign(new LateSignal(leaving), {
    method,
    path: at < 0 ? url : url.slice(0, at),
    query: new URLSearchParams(rawQuery),
    rawQuery,
    headers,
    body: () => (body ??= incoming.isBodyless ? NO_BODY : readBody(incoming.body)),
    ...peer,
    ...(userAgent === undefined ? {} : { userAgent }),
  });
}

/** Few requests ask for their signal, which costs more than the rest of a small one's beginning. */
class LateSignal {
  readonly #leaving: Leaving;
  constructor(leaving: Leaving) {
    this.#leaving = leaving;
  }

  get signal(): AbortSignal {
    return this.#leaving.signal();
  }
}

const NO_BODY = Promise.resolve(new Uint8Array());

function headersOf({ headers, rawHeaders }: Incoming): ServerRequest['headers'] {
  const plain: ServerRequest['headers'] = Object.create(null);
  let hasRepeatable = false;
  for (const name in headers) {
    const value = headers[name];
    plain[name] = Array.isArray(value) ? value.join(', ') : value;
    hasRepeatable ||= isRepeatable(name);
  }
  return hasRepeatable ? { ...plain, ...repeated(rawHeaders) } : plain;
}

/** Node joins repeated headers with commas, which values may hold; for those that name rights, it must be known where one ends. */
const isRepeatable = (name: string): boolean => name === 'impersonate-group' || name.startsWith('impersonate-extra-');

function repeated(rawHeaders: readonly string[]): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [raw = '', value = ''] = rawHeaders.slice(at, at + 2);
    const name = raw.toLowerCase();
    if (isRepeatable(name)) values[name] = name in values ? `${values[name]}\n${value}` : value;
  }
  return values;
}
