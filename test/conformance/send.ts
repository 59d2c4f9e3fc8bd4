/** Requests exactly as a test has written them, over kept connections; also those that a client library would refuse to send. */

import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

export interface WireRequest {
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  /** Ends the exchange, also in the middle of the answer. */
  readonly signal?: AbortSignal;
  /** Called with each line of the answer as it comes. */
  readonly onLine?: (line: string) => void;
  /** Called when the answer begins. */
  readonly onHead?: (status: number) => void;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headersDistinct'];
  readonly body: string;
}

export type Sender = (wire: WireRequest) => Promise<WireAnswer>;

const requestTimeoutMs = 60_000;

/** Without a certificate it sends as nobody. */
export function newSender(target: { server: string; caPem: string; certPem?: string; keyPem?: string }): {
  send: Sender;
  close(): void;
} {
  const { server, caPem: ca, certPem: cert, keyPem: key } = target;
  const { hostname, port } = new URL(server);
  const agent = new Agent({ keepAlive: true, ca, ...(cert && key ? { cert, key } : {}), maxSockets: 128 });
  const send: Sender = ({ method, path, headers = {}, body, signal, onLine, onHead }) =>
    new Promise((resolve, reject) => {
      const sent = request({
        hostname,
        port,
        path,
        method,
        agent,
        ...(signal ? { signal } : { timeout: requestTimeoutMs }),
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        } as Record<string, string>,
      });
      sent.once('error', reject);
      sent.once('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
      sent.once('response', (response) => {
        onHead?.(response.statusCode ?? 0);
        read(response, onLine).then(
          (text) => resolve({ status: response.statusCode ?? 0, headers: response.headersDistinct, body: text }),
          reject,
        );
      });
      sent.end(body);
    });
  return { send, close: () => agent.destroy() };
}

async function read(response: IncomingMessage, onLine: ((line: string) => void) | undefined): Promise<string> {
  const isPacked = response.headers['content-encoding'] === 'gzip';
  const chunks: Readable = isPacked ? response.pipe(createGunzip()) : response;
  // Bytes that are no text come one to a character.
  const isText = !response.headers['content-type']?.includes('protobuf');
  chunks.setEncoding(isText ? 'utf8' : 'latin1');
  let text = '';
  let told = 0;
  for await (const chunk of chunks as AsyncIterable<string>) {
    text += chunk;
    for (let end = text.indexOf('\n', told); onLine && end >= 0; end = text.indexOf('\n', told)) {
      onLine(text.slice(told, end));
      told = end + 1;
    }
  }
  return text;
}
