import type { ServerResponse as HttpResponse } from 'node:http';
import { constants, type ServerHttp2Stream } from 'node:http2';

/** Where an answer goes, in either HTTP version: the head, once, and then the body. */
export interface ResponseWriter {
  readonly destroyed: boolean;
  /** Before a whole body it goes out with that, before a stream at once. */
  head(status: number, headers: ResponseHeaders, next: 'body' | 'stream' | 'nothing'): void;
  write(chunk: Uint8Array): boolean;
  end(chunk?: Uint8Array): void;
  /** Breaks the stream off, so that the client can tell that it is not whole. */
  abort(): void;
  once(event: 'drain' | 'close', listener: () => void): void;
  off(event: 'drain' | 'close', listener: () => void): void;
}

export type ResponseHeaders = Record<string, string | string[]>;

export function newHttp1Writer(response: HttpResponse): ResponseWriter {
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
    once: (event, listener) => void response.once(event, listener),
    off: (event, listener) => void response.off(event, listener),
  };
}

export function newHttp2Writer(stream: ServerHttp2Stream): ResponseWriter {
  const isGone = (): boolean => stream.destroyed || stream.closed;
  return {
    get destroyed() {
      return stream.destroyed;
    },
    head: (status, headers, next) => {
      if (isGone()) return;
      if (next === 'nothing') closeOnceAnswered(stream);
      stream.respond({ ':status': status, ...headers }, { endStream: next === 'nothing' });
    },
    write: (chunk) => isGone() || stream.write(chunk),
    end: (chunk) => {
      if (isGone()) return;
      closeOnceAnswered(stream);
      if (chunk) stream.end(chunk);
      else stream.end();
    },
    abort: () => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
    once: (event, listener) => void stream.once(event, listener),
    off: (event, listener) => void stream.off(event, listener),
  };
}

/** A client that is still sending when it has its answer is told to stop after so long. */
const REST_OF_BODY_MS = 1000;

/**
 * A body that nobody read must not keep the stream open. What comes of it is thrown away; a client that goes on sending is told to stop (RFC 9113, 8.1), but not
 * at once: Go's client takes a reset that comes right behind the answer for the loss of the answer.
 */
function closeOnceAnswered(stream: ServerHttp2Stream): void {
  // A request without a body ended with its headers, though nobody reads that end; a reset would cut off what of a large answer is still on its way.
  const isComplete = stream.readableEnded || stream.endAfterHeaders;
  if (isComplete) return;
  stream.resume();
  stream.once('finish', () => {
    const timer = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), REST_OF_BODY_MS);
    stream.once('close', () => clearTimeout(timer));
  });
}
