import { expect, test } from 'vitest';
import { readText } from '../../shared/client/json-lines.ts';
import { TransportError } from '../../shared/client/transport.ts';
import type { ServerRequest, ServerResponse } from '../apiserver/request.ts';
import { newForwardingTransport, newInMemoryTransport } from './in-memory-transport.ts';

const user = { name: 'system:hub', groups: ['system:masters'] };

function newTransport(answer: (request: ServerRequest) => ServerResponse) {
  const seen: ServerRequest[] = [];
  const transport = newInMemoryTransport(async (request) => {
    seen.push(request);
    return answer(request);
  }, user);
  return { transport, seen };
}

test('the server sees the path, the query, the body and who asks', async () => {
  const { transport, seen } = newTransport(() => ({ status: 201, headers: { a: 'b' }, body: 'fine' }));
  const headers = { 'user-agent': 'me/1' };
  const response = await transport.request({ method: 'POST', path: '/api/v1/x%2Fy?a=1&b=%20', headers, body: 'é' });
  expect([response.status, response.headers, await readText(response.body)]).toEqual([201, { a: 'b' }, 'fine']);
  const [request] = seen;
  expect(request).toMatchObject({ method: 'POST', path: '/api/v1/x%2Fy', inProcessUser: user, userAgent: 'me/1' });
  expect([...(request?.query ?? [])]).toEqual([
    ['a', '1'],
    ['b', ' '],
  ]);
  expect(Buffer.from((await request?.body()) ?? []).toString()).toBe('é');
});

test('a stream that ends because it was aborted does not look complete', async () => {
  const stop = new AbortController();
  async function* body() {
    yield new TextEncoder().encode('first');
    stop.abort(new Error('enough'));
  }
  const { transport } = newTransport(() => ({ status: 200, body: body() }));
  const response = await transport.request({ method: 'GET', path: '/', signal: stop.signal });
  await expect(readText(response.body)).rejects.toThrow('enough');
});

test('a stream that nobody reads on is given up', async () => {
  let wasEnded = false;
  async function* body() {
    try {
      for (;;) yield new TextEncoder().encode('more');
    } finally {
      wasEnded = true;
    }
  }
  const { transport } = newTransport(() => ({ status: 200, body: body() }));
  const response = await transport.request({ method: 'GET', path: '/' });
  for await (const _ of response.body) break;
  expect(wasEnded).toBe(true);
});

test('closed, it takes no request', async () => {
  const { transport, seen } = newTransport(() => ({ status: 200 }));
  await transport.close();
  await expect(transport.request({ method: 'GET', path: '/' })).rejects.toBeInstanceOf(TransportError);
  expect(seen).toEqual([]);
});

test('for somebody who came in elsewhere the server sees what they presented, and nobody of the process', async () => {
  const seen: ServerRequest[] = [];
  const clientCertificate = { commonName: 'jane', organizations: [], raw: new Uint8Array(), notAfterMs: 1 };
  const transport = newForwardingTransport(
    async (request) => {
      seen.push(request);
      return { status: 200 };
    },
    { clientCertificate, bearerToken: 'abc', remoteAddress: '10.0.0.1' },
  );
  await transport.request({ method: 'GET', path: '/api', headers: { 'user-agent': 'me/1' } });
  expect(seen[0]).toMatchObject({ clientCertificate, remoteAddress: '10.0.0.1', userAgent: 'me/1' });
  expect(seen[0]?.headers).toEqual({ 'user-agent': 'me/1', authorization: 'Bearer abc' });
  expect(seen[0]).not.toHaveProperty('inProcessUser');
});
