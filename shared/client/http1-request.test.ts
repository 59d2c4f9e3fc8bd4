import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { newHttpTransport } from './http2-transport.ts';
import { readText } from './json-lines.ts';
import { type Transport, TransportError } from './transport.ts';

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A plain server on loopback and a transport to it; the connections as the server sees them. */
async function start(answer: http.RequestListener): Promise<{ transport: Transport; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = http.createServer(answer);
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const transport = newHttpTransport({
    server: `http://127.0.0.1:${port}`,
    basicAuth: { username: 'u', password: 'p' },
  });
  closers.push(() => {
    void transport.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { transport, sockets };
}

const get = async (transport: Transport, path = '/'): Promise<string> =>
  readText((await transport.request({ method: 'GET', path })).body);

test('credentials are sent with each request', async () => {
  const { transport } = await start((request, response) => response.end(request.headers.authorization));
  expect(await get(transport)).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`);
});

test('a body that breaks off is an error', async () => {
  const { transport, sockets } = await start((_, response) => response.write('half'));
  const { body } = await transport.request({ method: 'GET', path: '/' });
  const rest = readText(body);
  sockets[0]?.destroy();
  await expect(rest).rejects.toBeInstanceOf(TransportError);
});

test('a kept connection that the server has closed meanwhile costs no GET, and nothing is changed twice', async () => {
  let answered = 0;
  const { transport, sockets } = await start((request, response) => {
    answered++;
    if (answered === 2 || answered === 4) request.socket.resetAndDestroy();
    else response.end('fine');
  });
  expect(await get(transport)).toBe('fine');
  expect(await get(transport)).toBe('fine');
  expect(sockets).toHaveLength(2);
  await expect(transport.request({ method: 'POST', path: '/', body: '{}' })).rejects.toThrow(
    /closed by the other side/,
  );
  expect(answered).toBe(4);
});

test('a request on a new connection that is reset is not sent twice', async () => {
  let asked = 0;
  const { transport } = await start((request) => {
    asked++;
    request.socket.resetAndDestroy();
  });
  await expect(get(transport)).rejects.toThrow(/was closed by the other side/);
  expect(asked).toBe(1);
});

test('an aborted request and an aborted body reject with the reason', async () => {
  const { transport } = await start((request, response) => {
    if (request.url === '/begin') response.write('first');
  });
  const before = new AbortController();
  const never = transport.request({ method: 'GET', path: '/never', signal: before.signal });
  setImmediate(() => before.abort(new Error('enough')));
  await expect(never).rejects.toThrow('enough');
  const after = new AbortController();
  const { body } = await transport.request({ method: 'GET', path: '/begin', signal: after.signal });
  const rest = readText(body);
  after.abort(new Error('enough'));
  await expect(rest).rejects.toThrow('enough');
});

test('an address that is none is told at once', () => {
  expect(() => newHttpTransport({ server: 'hub:6443' })).toThrow(/is not the address of a server/);
});
