/** Plain HTTPS requests that change something, each over a connection of its own: what a client sent is exactly what is written here. */

import { request } from 'node:https';
import type { RequestTarget } from './plain-request.ts';

export interface Sent {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly contentType?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** The status code and the decoded JSON of an answer; its text where it is none, as of a path that is not served yet. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const requestTimeoutMs = 60_000;

export function plainSend(target: RequestTarget, { method, path, contentType, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, target.server), {
      method,
      agent: false,
      timeout: requestTimeoutMs,
      headers: { 'content-type': contentType ?? 'application/json' },
      ...(target.caPem === undefined ? {} : { ca: target.caPem }),
      ...(target.clientCertPem === undefined ? {} : { cert: target.clientCertPem }),
      ...(target.clientKeyPem === undefined ? {} : { key: target.clientKeyPem }),
    });
    sent.once('error', reject);
    sent.once('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer in ${requestTimeoutMs} ms`)));
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, body: decoded(Buffer.concat(chunks).toString('utf8')) }),
      );
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
