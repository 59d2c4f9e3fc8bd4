import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import type { ServerRequest, ServerResponse } from '../request.ts';
import { newTestCa, newTestCertificate, type TestCertificate } from '../server-fixture.ts';
import { type Listener, type ListenOptions, listen, type TlsMaterial } from './listener.ts';

/** For tests: listeners on loopback, clients of theirs, and who they are. */

const ca = await newTestCa();
const serving = await newTestCertificate(ca, { commonName: 'server', isServer: true });
export const tls: TlsMaterial = { certificate: serving.cert, privateKey: serving.key, clientCa: ca.certificatePem };
export const client = await newTestCertificate(ca, {
  commonName: 'jane',
  organizations: ['dev', 'CN=root, O=x', 'system:odd\nline'],
});
export const stranger = await newTestCertificate(await newTestCa(), {
  commonName: 'admin',
  organizations: ['system:masters'],
});

const open: Listener[] = [];

/** Those that were started. */
export async function closeListeners(): Promise<void> {
  await Promise.all(open.splice(0).map((listener) => listener.close()));
}

export const silent = { debug: () => {}, warn: () => {}, error: () => {} };

export async function start(
  handle: (request: ServerRequest) => Promise<ServerResponse>,
  more: Partial<ListenOptions> = {},
): Promise<Listener> {
  const listener = await listen({ host: '127.0.0.1', port: 0, tls, graceMs: 200, ...more }, handle, silent);
  open.push(listener);
  return listener;
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

interface Ask {
  method?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
  identity?: TestCertificate;
  agent?: https.Agent;
}

export async function http1(
  { port }: Listener,
  { method = 'GET', path = '/', headers = {}, body, identity, agent }: Ask,
): Promise<Answer> {
  const options = {
    host: '127.0.0.1',
    port,
    method,
    path,
    headers,
    ca: ca.certificatePem,
    agent: agent ?? false,
    ...identity,
  };
  return await new Promise((resolve, reject) => {
    const request = https.request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

export function connect({ port }: Listener, identity?: TestCertificate): http2.ClientHttp2Session {
  return http2.connect(`https://127.0.0.1:${port}`, { ca: ca.certificatePem, ...identity });
}

export async function over(
  session: http2.ClientHttp2Session,
  { method = 'GET', path = '/', headers = {}, body }: Ask,
): Promise<Answer> {
  const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const chunks: Buffer[] = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  const end = once(stream, 'end');
  const [head] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & { ':status': number }];
  await end;
  // Before some versions of node tell of an error, they tell of the end.
  if (stream.rstCode !== http2.constants.NGHTTP2_NO_ERROR) throw new Error(`the stream was reset: ${stream.rstCode}`);
  return { status: head[':status'], headers: head, body: Buffer.concat(chunks).toString() };
}

export async function http2Once(listener: Listener, ask: Ask): Promise<Answer> {
  const session = connect(listener, ask.identity);
  try {
    return await over(session, ask);
  } finally {
    session.close();
  }
}

export const text = (body: string): ServerResponse => ({
  status: 200,
  headers: { 'content-type': 'text/plain' },
  body,
});
