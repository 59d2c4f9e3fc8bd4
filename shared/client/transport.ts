/**
 * How a client reaches a Kubernetes API. There are two implementations: HTTP/2 (HTTP/1.1 where the server offers no h2) over TLS, and an
 * in-memory one for parts that live in the hub process. Tests inject their own.
 */

export interface TransportRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path with its query string, as on the request line. */
  path: string;
  /** Lower-case names. */
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** Aborts the request, and a streamed answer while it is being read. */
  signal?: AbortSignal;
}

/** A request with all of its headers; one with several values is sent several times. */
export type OutgoingRequest = Omit<TransportRequest, 'headers'> & { headers: Record<string, string | string[]> };

export interface TransportResponse {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  /** The body in chunks. Must be consumed or cancelled (`return()` of its iterator, or the request's signal). */
  body: AsyncIterable<Uint8Array>;
  /** The whole body, instead of `body`; where a transport has a cheaper way than to iterate. Rejects as the iterator does. */
  text?(): Promise<string>;
  /** What a chunk of the body says, which is whole lines of JSON; where a transport knows that without reading them. */
  valuesIn?(chunk: Uint8Array): readonly unknown[] | undefined;
}

export interface Transport {
  /** Resolves when the answer's head has arrived. Rejects with a `TransportError` if the server can't be reached. */
  request(request: TransportRequest): Promise<TransportResponse>;
  /** Calls back when a new connection stands, so that who waits to try again need not wait to the end. Not every transport can tell. */
  onConnect?(listener: () => void): () => void;
  close(): Promise<void>;
}

/** The server could not be reached or the connection broke; always worth a retry. `cause` has the system error. */
export class TransportError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransportError';
  }
}

/** Something answered, but not as a Kubernetes API server does. */
export class UnreadableAnswerError extends TransportError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnreadableAnswerError';
  }
}
