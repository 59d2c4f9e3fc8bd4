import type { ServerResponse as HttpResponse, IncomingMessage } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import { answerServerOptions, faultOf, refuseExpectation, refuseHead } from './http1-head.ts';
import { newTurns, type Take } from './in-turn.ts';
import { fromHttp1, type Incoming } from './incoming.ts';

type Serve = (incoming: Incoming) => Promise<void>;

/** Requests of HTTP/1.1 that node has read, as Go's server takes them. */
export function serveHttp1(server: Http2SecureServer, serve: Serve): void {
  const inTurn = newTurns();
  // On a listener of both protocols they are those of HTTP/1.1, but node's types don't know.
  const on = (event: string, take: Take): void => void server.on(event, inTurn(take) as (...args: unknown[]) => void);
  on(
    'request',
    whole((message, response) => void serve(fromHttp1(message, response))),
  );
  on(
    'checkContinue',
    whole((message, response) => void serve(expecting(message, response))),
  );
  on(
    'checkExpectation',
    whole((message, response) => {
      if (message.headers.expect === '') void serve(fromHttp1(message, response));
      else refuseExpectation(response);
    }),
  );
}

/** Those with a head that is good, and that ask about more than the server itself. */
const whole =
  (take: Take): Take =>
  (message, response) => {
    const fault = faultOf(message);
    if (fault !== undefined) refuseHead(response, fault);
    else if (message.method === 'OPTIONS' && message.url === '*') answerServerOptions(response);
    else take(message, response);
  };

/** Whoever waits to send a body is told to once somebody reads it; the connection ends, and says so, with an answer that came before. */
function expecting(message: IncomingMessage, response: HttpResponse): Incoming {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = message.headers;
  const { shouldKeepAlive } = response;
  response.shouldKeepAlive = false;
  if (Number(length) === 0 && coding === undefined) return fromHttp1(message, response);
  const beforeBody = (): void => {
    response.writeContinue();
    response.shouldKeepAlive = shouldKeepAlive;
    if (shouldKeepAlive) response.removeHeader('connection');
  };
  return { ...fromHttp1(message, response), beforeBody };
}
