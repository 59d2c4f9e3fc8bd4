import http2, { type ClientHttp2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Timers } from './timers.ts';
import { TransportError } from './transport.ts';

/**
 * One HTTP/2 connection: how many streams it has and may have, and whether the other side still lives. While a stream is open, or when one is
 * opened after a quiet time, a PING must be answered: a watch on a dead connection would otherwise stay silent for ever.
 */

const PING_PERIOD_MS = 20_000;
const PING_DEADLINE_MS = 15_000;
/** A watch that is read slowly must not use up the window of the whole connection. */
const CONNECTION_WINDOW_BYTES = 16 << 20;
const STREAM_WINDOW_BYTES = 1 << 20;

export interface Http2Connection {
  readonly session: ClientHttp2Session;
  /** Another stream can be opened now. */
  hasRoom(): boolean;
  isIdle(): boolean;
  /** Counts a stream in; call the result once it is over. */
  streamOpened(): () => void;
}

/** Takes over a TLS socket on which ALPN chose h2. */
export function newHttp2Connection(socket: TLSSocket, at: string, timers: Timers): Http2Connection {
  const session = http2.connect(`https://${at}`, {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
  });
  session.on('error', () => {}); // each stream is told by its own event
  session.once('connect', () => session.setLocalWindowSize(CONNECTION_WINDOW_BYTES));
  const pinger = newPinger(session, at, timers);
  session.once('close', pinger.stop);
  let streams = 0;
  return {
    session,
    hasRoom: () => !session.closed && !session.destroyed && streams < roomOf(session),
    isIdle: () => streams === 0,
    streamOpened: () => {
      if (streams++ === 0) pinger.start();
      return () => {
        if (--streams === 0) pinger.stop();
      };
    },
  };
}

function roomOf(session: ClientHttp2Session): number {
  return session.remoteSettings?.maxConcurrentStreams ?? 100;
}

interface Pinger {
  start(): void;
  stop(): void;
}

function newPinger(session: ClientHttp2Session, at: string, timers: Timers): Pinger {
  let cancelNext = (): void => {};
  let isRunning = false;
  let isAwaitingAnswer = false;
  let quietSinceMs = timers.monotonic();
  const schedule = (delayMs: number): void => {
    cancelNext = timers.setTimeout(() => {
      isAwaitingAnswer = true;
      ping(session, at, timers, () => {
        isAwaitingAnswer = false;
        if (isRunning) schedule(PING_PERIOD_MS);
      });
    }, delayMs);
  };
  return {
    start: () => {
      isRunning = true;
      if (!isAwaitingAnswer) schedule(timers.monotonic() - quietSinceMs > PING_PERIOD_MS ? 0 : PING_PERIOD_MS);
    },
    stop: () => {
      isRunning = false;
      cancelNext();
      quietSinceMs = timers.monotonic();
    },
  };
}

/** What still comes is a sign of life too: on a slow line the answer stands behind it. */
function ping(session: ClientHttp2Session, at: string, timers: Timers, onAnswer: () => void): void {
  if (session.destroyed) return;
  let cancelDeadline = (): void => {};
  const giveUpUnlessMore = (readBefore: number): void => {
    cancelDeadline = timers.setTimeout(() => {
      const read = bytesReadBy(session);
      if (read > readBefore) return giveUpUnlessMore(read);
      session.destroy(
        new TransportError(`${at} has not answered for ${PING_DEADLINE_MS / 1000} s; the connection is given up`),
      );
    }, PING_DEADLINE_MS);
  };
  giveUpUnlessMore(bytesReadBy(session));
  const onClose = (): void => cancelDeadline();
  session.once('close', onClose);
  session.ping((error) => {
    cancelDeadline();
    session.off('close', onClose);
    if (!error) onAnswer();
  });
}

function bytesReadBy({ socket }: ClientHttp2Session): number {
  return socket?.bytesRead ?? 0;
}
