/** Plain HTTPS requests to a control plane, without any client of ours in between. */

import { request } from 'node:https';

/** Where and as whom; without certificate and token the request is anonymous, without an authority the server is not verified. */
export interface RequestTarget {
  readonly server: string;
  readonly caPem?: string;
  readonly clientCertPem?: string;
  readonly clientKeyPem?: string;
  readonly bearerToken?: string;
}

/** The status code and the whole body. */
export interface PlainResponse {
  readonly status: number;
  readonly body: string;
}

const requestTimeoutMs = 15_000;

/** GETs a path over a connection of its own. Rejects if the server cannot be reached or is silent for five seconds. */
export function plainGet(target: RequestTarget, path: string): Promise<PlainResponse> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, target.server), {
      agent: false,
      timeout: requestTimeoutMs,
      headers: target.bearerToken === undefined ? {} : { authorization: `Bearer ${target.bearerToken}` },
      rejectUnauthorized: target.caPem !== undefined,
      ...(target.caPem === undefined ? {} : { ca: target.caPem }),
      ...(target.clientCertPem === undefined ? {} : { cert: target.clientCertPem }),
      ...(target.clientKeyPem === undefined ? {} : { key: target.clientKeyPem }),
    });
    sent.once('error', reject);
    sent.once('timeout', () => sent.destroy(new Error(`GET ${path}: no answer in ${requestTimeoutMs} ms`)));
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    sent.end();
  });
}
