import type { ServerResponse as HttpResponse } from 'node:http';
import { constants, type ServerHttp2Stream, sensitiveHeaders } from 'node:http2';

/** Where an answer goes, in either HTTP version: the head, once, and then the body. */
export interface ResponseWriter {
  /** Nothing more can be written. What was written may stay in memory until it is closed, which a connection that takes nothing puts off. */
  readonly destroyed: boolean;
  /** Before a whole body it goes out with that, before a stream at once. The headers become its own. */
  head(status: number, headers: ResponseHeaders, next: 'body' | 'stream' | 'nothing'): void;
  write(chunk: Uint8Array): boolean;
  end(chunk?: Uint8Array): void;
  /** Breaks the stream off, so that the client can tell that it is not whole. */
  abort(): void;
  on(event: 'drain' | 'close', listener: () => void): void;
  off(event: 'drain' | 'close', listener: () => void): void;
}

export type ResponseHeaders = Record<string, string | string[]>;

export function newHttp1Writer(response: HttpResponse): ResponseWriter {
  // Node would say so on each answer of a connection that stays, which HTTP/1.1's do by themselves.
  if (response.shouldKeepAlive && response.req.httpVersion === '1.1') response.removeHeader('connection');
  return {
    get destroyed() {
      return response.destroyed;
    },
    head: (status, headers, next) => {
      response.writeHead(status, headers);
      if (next === 'nothing') response.end();
      else if (next === 'stream') response.flushHeaders();
    },
    write: (chunk) => response.write(chunk),
    end: (chunk) => void (chunk ? response.end(chunk) : response.end()),
    abort: () => void response.destroy(),
    on: (event, listener) => void response.on(event, listener),
    off: (event, listener) => void response.off(event, listener),
  };
}

/** A class, unlike its sibling: there is one for each request, and an object with a getter of its own is slow to make. */
export class Http2Writer implements ResponseWriter {
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
  }

  get destroyed(): boolean {
    return this.#stream.destroyed || this.#stream.closed;
  }

  head(status: number, headers: ResponseHeaders, next: 'body' | 'stream' | 'nothing'): void {
    if (this.destroyed) return;
    if (next === 'nothing') closeOnceAnswered(this.#stream);
    const answer = Object.assign(headers, { ':status': status, [sensitiveHeaders]: UNINDEXED });
    this.#stream.respond(answer, { endStream: next === 'nothing' });
  }

  write(chunk: Uint8Array): boolean {
    return this.destroyed || this.#stream.write(chunk);
  }

  end(chunk?: Uint8Array): void {
    if (this.destroyed) return;
    closeOnceAnswered(this.#stream);
    if (chunk) this.#stream.end(chunk);
    else this.#stream.end();
  }

  /** To close it with a code would end it first, which is an answer that is whole. */
  abort(): void {
    this.#stream.destroy(new Error('the answer is broken off'));
  }

  on(event: 'drain' | 'close', listener: () => void): void {
    this.#stream.on(event, listener);
  }

  off(event: 'drain' | 'close', listener: () => void): void {
    this.#stream.off(event, listener);
  }
}

/**
 * Another one with each answer: in the connection's table of headers (RFC 7541) it would never be found again, push out those that come again, and take up memory for
 * as long as the connection is there.
 */
const UNINDEXED = ['audit-id'];

/** A client that is still sending when it has its answer is told to stop after so long. */
const REST_OF_BODY_MS = 1000;

/**
 * A body that nobody read must not keep the stream open. What comes of it is thrown away; a client that goes on sending is told to stop (RFC 9113, 8.1), but not
 * at once: Go's client takes a reset that comes right behind the answer for the loss of the answer.
 */
function closeOnceAnswered(stream: ServerHttp2Stream): void {
  // A request without a body ended with its headers, though nobody reads that end; a reset would cut off what of a large answer is still on its way.
  const isComplete = stream.readableEnded || stream.endAfterHeaders || isReadToItsEnd(stream);
  if (isComplete) return;
  stream.resume();
  stream.on('finish', () => {
    if (stream.closed) return;
    const timer = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), REST_OF_BODY_MS);
    stream.once('close', () => clearTimeout(timer));
  });
}

/** Whoever takes a body that has arrived does not wait for the stream to tell its end. */
const isReadToItsEnd = (stream: ServerHttp2Stream): boolean =>
  stream.readableLength === 0 && stream.state.remoteClose === 1;
