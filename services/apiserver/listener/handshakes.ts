import type { Http2SecureServer } from 'node:http2';
import type { Socket } from 'node:net';

/**
 * Lets so many TLS handshakes be made at once, and the next ones wait in line, each for its time. When thousands of agents come back after a restart, a
 * handshake is then done soon after it is begun. All of them begun together would be done together, at the end: after the time that a handshake may take, when
 * everybody is cut off and begins again.
 */
export interface HandshakeLimits {
  /** How many may be under way. */
  atOnce: number;
  /** One that takes longer has no place any more: it goes on, but a slow client does not hold up the others. */
  placeMs: number;
  /** A connection waits at most so long: for its client to say something, and then in line. Clients give up after 10 s, as a rule, and are not heard to leave. */
  waitMs: number;
}

const DEFAULT_LIMITS: HandshakeLimits = { atOnce: 128, placeMs: 1000, waitMs: 8000 };

/** Must be called before the server listens. */
export function limitHandshakes(server: Http2SecureServer, limits: HandshakeLimits = DEFAULT_LIMITS): void {
  const begin = server.listeners('connection') as ((socket: Socket) => void)[];
  const line = newLine((socket) => {
    for (const listener of begin) listener.call(server, socket);
  }, limits);
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => waitForHello(socket, limits, line.enter));
  // Every handshake that was begun ends in one of these.
  server.prependListener('secureConnection', line.handshakeEnded);
  server.prependListener('tlsClientError', line.handshakeEnded);
}

/** Who connects and says nothing is not in line. */
function waitForHello(socket: Socket, { waitMs }: HandshakeLimits, enter: (socket: Socket) => void): void {
  const timer = setTimeout(() => socket.destroy(), waitMs);
  socket.on('error', ignore); // Told by `close`.
  socket.once('close', () => clearTimeout(timer));
  socket.once('readable', () => {
    clearTimeout(timer);
    if (!socket.destroyed) enter(socket);
  });
}

interface Line {
  enter(socket: Socket): void;
  handshakeEnded(): void;
}

function newLine(begin: (socket: Socket) => void, { atOnce, placeMs, waitMs }: HandshakeLimits): Line {
  /** With the moment by which they have to be begun. */
  const waiting = new Map<Socket, number>();
  /** When the places are free at the latest, the oldest first. */
  const places: number[] = [];
  let timer: NodeJS.Timeout | undefined;

  function next(): void {
    const now = performance.now();
    while ((places[0] ?? now + 1) <= now) places.shift();
    for (const [socket, beforeMs] of waiting) {
      if (places.length >= atOnce) break;
      waiting.delete(socket);
      if (beforeMs < now) socket.destroy();
      if (socket.destroyed) continue;
      places.push(now + placeMs);
      socket.off('error', ignore);
      begin(socket);
    }
    clearTimeout(timer);
    timer = waiting.size > 0 ? setTimeout(next, Math.max(1, (places[0] ?? now) - now)) : undefined;
  }

  return {
    enter: (socket) => {
      waiting.set(socket, performance.now() + waitMs);
      socket.once('close', () => waiting.delete(socket));
      next();
    },
    handshakeEnded: () => {
      places.shift();
      if (waiting.size > 0) next();
    },
  };
}

const ignore = (): void => {};
