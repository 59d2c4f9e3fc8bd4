import type { ServerResponse as HttpResponse, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** Node keeps the response that goes out at the moment beside the socket. */
export type AnsweringSocket = Socket & { _httpMessage?: HttpResponse | null };

export type Take = (message: IncomingMessage, response: HttpResponse) => void;

/** Hardly any client asks before it has the answer to what it asked before; one that does not read its answers is not waited for. */
const MAX_WAITING = 100;

/**
 * Requests of one connection of HTTP/1.1 are taken one after the other, as Go's server does: each when the answers before it have gone out. What comes after
 * the last one of a connection, or after one that is refused, is never taken, and what waits when the client leaves is not either.
 */
export function newTurns(): (take: Take) => Take {
  const waiting = new WeakMap<Socket, number>();
  const add = (socket: Socket, count: number): number => {
    const sum = (waiting.get(socket) ?? 0) + count;
    waiting.set(socket, sum);
    return sum;
  };
  return (take) => (message, response) => {
    const { socket } = message;
    const wait = (): void => afterCurrent(socket, look);
    const look = (): void => {
      if (!socket.writable || socket.errored) return; // The client has left, and node goes on as if it had not.
      if (!isNext(socket, response)) wait();
      else {
        add(socket, -1);
        take(message, response);
      }
    };
    if (isNext(socket, response)) take(message, response);
    else if (add(socket, 1) > MAX_WAITING) socket.destroy();
    else wait();
  };
}

const isNext = (socket: AnsweringSocket, response: HttpResponse): boolean => socket._httpMessage === response;

/** Not at all where nothing goes out any more. How many wait is bounded elsewhere: node would log each client that has more than ten do so. */
function afterCurrent({ _httpMessage: current }: AnsweringSocket, then: () => void): void {
  current?.setMaxListeners(0).once('finish', then);
}
