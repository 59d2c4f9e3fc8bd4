import type { ServerRequest, VerifiedCertificate } from '../request.ts';
import type { PeerCertificate } from './client-certificate.ts';
import type { Incoming } from './incoming.ts';
import type { Leaving } from './leaving.ts';
import { parseQuery } from './parse-query.ts';
import { isSmall, readBody, readSmallBody } from './read-body.ts';

/** RFC 9112, 3.2.2: the target as proxies get it, which servers must take too. */
const ABSOLUTE_FORM = /^[a-z][a-z0-9+.-]*:(\/\/[^/?]*)?/i;

/** Who is at the other end of a connection. */
export interface Peer extends PeerCertificate {
  remoteAddress?: string;
}

/** What both HTTP versions give, as the server's middleware sees it. Nothing of it can say that it comes from within the process. */
export class IncomingRequest implements ServerRequest {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly headers: ServerRequest['headers'];
  readonly remoteAddress?: string;
  readonly userAgent?: string;
  readonly clientCertificate?: VerifiedCertificate;
  readonly clientCertificateError?: string;
  readonly #incoming: Incoming;
  readonly #leaving: Leaving;
  #query: URLSearchParams | undefined;
  #body: Promise<Uint8Array> | undefined;

  constructor(incoming: Incoming, peer: Peer, leaving: Leaving) {
    const isPath = incoming.url.startsWith('/') || incoming.method === 'CONNECT';
    const url = isPath ? incoming.url : incoming.url.replace(ABSOLUTE_FORM, '');
    const at = url.indexOf('?');
    const userAgent = incoming.headers['user-agent'];
    this.method = incoming.method;
    this.path = at < 0 ? url : url.slice(0, at);
    this.rawQuery = at < 0 ? '' : url.slice(at + 1);
    this.headers = incoming.headers;
    if (userAgent !== undefined) this.userAgent = userAgent;
    if (peer.remoteAddress !== undefined) this.remoteAddress = peer.remoteAddress;
    if (peer.clientCertificate) this.clientCertificate = peer.clientCertificate;
    if (peer.clientCertificateError !== undefined) this.clientCertificateError = peer.clientCertificateError;
    this.#incoming = incoming;
    this.#leaving = leaving;
  }

  get query(): URLSearchParams {
    this.#query ??= parseQuery(this.rawQuery);
    return this.#query;
  }

  /** Few requests ask for it, and it costs more than the rest of a small one's beginning. */
  get signal(): AbortSignal {
    return this.#leaving.signal();
  }

  body(): Promise<Uint8Array> {
    this.#body ??= bodyOf(this.#incoming);
    return this.#body;
  }
}

function bodyOf({ isBodyless, body, bodyLength, beforeBody }: Incoming): Promise<Uint8Array> {
  if (isBodyless) return NO_BODY;
  beforeBody?.();
  return isSmall(bodyLength) ? readSmallBody(body, bodyLength) : readBody(body);
}

const NO_BODY = Promise.resolve(new Uint8Array());
