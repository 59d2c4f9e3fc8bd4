import type { ServerResponse as HttpResponse } from 'node:http';
import { constants, type Http2SecureServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { AnsweringSocket } from './in-turn.ts';

/** The open connections of a listener: idle ones are closed, and all of them when it ends. */
export interface Connections {
  /** Calls back when `close` begins, at once if it has: streams without an end of their own stop then. The result takes it back. */
  onEnding(listener: () => void): () => void;
  /** To be told when an answer is out: while closing, its connection may be waiting for nothing more. */
  answered(): void;
  /** Resolves when the last connection is gone; after `graceMs` they are cut off. */
  close(graceMs: number): Promise<void>;
}

export function newConnections(server: Http2SecureServer, idleMs: number): Connections {
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const endings = new Set<() => void>();
  let isClosing = false;
  // Those that have not made their handshake yet too.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    closeWhenIdle(session, idleMs);
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol !== 'h2') closeWhenUnread(socket, idleMs);
  });
  const close = (graceMs: number): Promise<void> =>
    new Promise((resolve) => {
      isClosing = true;
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      for (const end of [...endings]) end();
      for (const session of sessions) session.close(); // GOAWAY; open streams are answered first
      closeHttp1(server);
    });
  const onEnding = (listener: () => void): (() => void) => {
    if (isClosing) listener();
    else endings.add(listener);
    return () => void endings.delete(listener);
  };
  const answered = (): void => {
    if (isClosing) closeHttp1(server);
  };
  return { onEnding, answered, close };
}

/**
 * A session with open streams is not idle, however quiet its watches are; one without is, whatever pings there are, as upstream. Its one timer looks when it could
 * have been idle for long enough, and again as much later as it was not: node's own is set anew some ten times for each request.
 */
function closeWhenIdle(session: ServerHttp2Session, idleMs: number): void {
  const streams: OpenStreams = new Map();
  let idleSinceMs = performance.now();
  session.on('stream', (stream) => {
    streams.set(stream, 0);
    stream.on('close', () => {
      streams.delete(stream);
      idleSinceMs = performance.now();
    });
  });
  const look = (): void => {
    giveUpUnread(session, streams);
    const leftMs = streams.size > 0 ? idleMs : idleSinceMs + idleMs - performance.now();
    if (leftMs > 0) timer = setTimeout(look, leftMs).unref();
    else session.close();
  };
  let timer = setTimeout(look, idleMs).unref();
  session.once('close', () => clearTimeout(timer));
}

/** In how many looks each was found to have all of its answer. */
type OpenStreams = Map<ServerHttp2Stream, number>;

/** Whoever takes nothing of a small answer would keep it, and the session, for ever: the stream is ended, and the session where not even that gets through. */
function giveUpUnread(session: ServerHttp2Session, streams: OpenStreams): void {
  for (const [stream, looks] of streams) {
    if (!stream.writableEnded) continue;
    streams.set(stream, looks + 1);
    if (looks === 1) stream.close(constants.NGHTTP2_CANCEL);
    else if (looks > 1) session.destroy();
  }
}

/** Node closes connections of HTTP/1.1 that are idle, but not those with an answer that is whole and that nobody takes. */
function closeWhenUnread(socket: AnsweringSocket, idleMs: number): void {
  let ended: HttpResponse | undefined;
  const look = (): void => {
    const { _httpMessage: current } = socket;
    if (ended && current === ended) socket.destroy();
    ended = current?.writableEnded ? current : undefined;
  };
  const timer = setInterval(look, idleMs).unref();
  socket.once('close', () => clearInterval(timer));
}

/** Connections of HTTP/1.1 that wait for the next request; node has this on servers that allow it, but not in its types. */
function closeHttp1(server: Http2SecureServer & { closeIdleConnections?: () => void }): void {
  server.closeIdleConnections?.();
}
