import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ServerRequest } from '../request.ts';
import type { Listener } from './listener.ts';
import { closeListeners, start, text, tls } from './listener-fixture.ts';

afterEach(closeListeners);

/** All that comes back until the server closes the connection. */
async function raw({ port }: Listener, sent: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', ca: tls.clientCa });
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk));
  await once(socket, 'secureConnect');
  socket.write(sent, 'latin1');
  await once(socket, 'close');
  return received;
}

const HEAD = 'HTTP/1.1\r\nHost: a\r\n';
const CLOSE = 'Connection: close\r\n';

describe('a head of HTTP/1.1', () => {
  test.each([
    ['without a host', 'GET / HTTP/1.1\r\n\r\n', '400 Bad Request: missing required Host header'],
    ['with two hosts', `GET / ${HEAD}Host: a\r\n\r\n`, '400 Bad Request'],
    ['with an odd host', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', '400 Bad Request: malformed Host header'],
    ['with a percent sign alone', `GET /%zz ${HEAD}\r\n`, '400 Bad Request'],
    ['with a target that is none', `GET api ${HEAD}\r\n`, '400 Bad Request'],
    ['of HTTP/2', 'GET / HTTP/2.0\r\n\r\n', '505 HTTP Version Not Supported: unsupported protocol version'],
  ])('%s is refused in the words of Go', async (_what, sent, expected) => {
    const listener = await start(async () => text('never'));
    const answer = await raw(listener, sent);
    expect(answer.split('\r\n')[0]).toBe(`HTTP/1.1 ${expected}`);
    expect(answer.split('\r\n\r\n')[1]).toBe(expected);
  });

  test('is read to its last header', async () => {
    const listener = await start(async ({ headers }) => text(String(headers['last'])));
    const many = Array.from({ length: 3000 }, (_, at) => `x-${at}: y\r\n`).join('');
    expect(await raw(listener, `GET / ${HEAD}${CLOSE}${many}Last: one\r\n\r\n`)).toMatch(/\r\n\r\none$/);
  });

  test('may be as long as one of HTTP/2', async () => {
    const listener = await start(async ({ headers }) => text(String(headers['a']?.length)));
    expect(await raw(listener, `GET / ${HEAD}${CLOSE}a: ${'x'.repeat(60_000)}\r\n\r\n`)).toMatch(/\r\n\r\n60000$/);
  });
});

test('what follows the last request of a connection does not take its answer away', async () => {
  const listener = await start(async ({ path }) => text(path));
  const answer = await raw(listener, `GET /one ${HEAD}${CLOSE}\r\nGET /two ${HEAD}\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n\/one$/s);
});

test('a request before one that is none has its answer', async () => {
  const listener = await start(async ({ path }) => text(path));
  const answer = await raw(listener, `GET /one ${HEAD}\r\nnonsense\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n\/oneHTTP\/1\.1 400 Bad Request\r\n/s);
});

test('connections stay without saying so', async () => {
  const listener = await start(async ({ path }) => text(path));
  const answer = await raw(listener, `GET /one ${HEAD}\r\nGET /two ${HEAD}${CLOSE}\r\n`);
  expect(answer).not.toMatch(/keep-alive/i);
  expect(answer).toMatch(/\/one.*\/two$/s);
});

describe('who expects to be told to go on', () => {
  const head = `${HEAD}Expect: 100-continue\r\nContent-Length: 4\r\n`;

  test('is told when somebody reads', async () => {
    const listener = await start(async (request) => text(Buffer.from(await request.body()).toString()));
    const answer = await raw(listener, `POST / ${head}${CLOSE}\r\nbody`);
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n.*\r\n\r\nbody$/s);
  });

  test('is not told to when nobody does, and the connection ends', async () => {
    const listener = await start(async () => text('no'));
    expect(await raw(listener, `POST / ${head}\r\n`)).toMatch(
      /^HTTP\/1\.1 200 OK\r\n.*Connection: close.*\r\n\r\nno$/s,
    );
  });

  test('of something else is refused', async () => {
    const listener = await start(async () => text('never'));
    expect(await raw(listener, `GET / ${HEAD}Expect: x\r\n\r\n`)).toMatch(/^HTTP\/1\.1 417 Expectation Failed\r\n/);
  });
});

test('options of the server itself are answered by it', async () => {
  const listener = await start(async () => text('never'));
  expect(await raw(listener, `OPTIONS * ${HEAD}${CLOSE}\r\n`)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n$/s);
});

test('parameters with semicolons or percent signs of no meaning are left out', async () => {
  const listener = await start(async ({ query }) => text(query.toString()));
  expect(await raw(listener, `GET /?a=1;b=2&c=%zz&d=%64 ${HEAD}${CLOSE}\r\n`)).toMatch(/\r\n\r\nd=d$/);
});

describe('requests sent at once on one connection', () => {
  test('are taken one after the other', async () => {
    let under = 0;
    const listener = await start(async ({ path }) => {
      under += 1;
      await new Promise(setImmediate);
      const answer = text(`${path} ${under}`);
      under -= 1;
      return answer;
    });
    const answer = await raw(listener, `GET /a ${HEAD}\r\nGET /b ${HEAD}\r\nGET /c ${HEAD}${CLOSE}\r\n`);
    expect(answer).toMatch(/\/a 1HTTP.*\/b 1HTTP.*\/c 1$/s);
  });

  test.each([
    ['one that is refused', `GET /%zz ${HEAD}\r\n`, '400'],
    ['an expectation that nobody meets', `GET /a ${HEAD}Expect: x\r\n\r\n`, '417'],
    ['the last', `GET /a ${HEAD}${CLOSE}\r\n`, '200'],
  ])('are not taken after %s', async (_what, first, status) => {
    const asked: string[] = [];
    const listener = await start(async ({ method, path }) => {
      asked.push(method);
      return text(path);
    });
    const answer = await raw(listener, `${first}DELETE /b ${HEAD}\r\n`);
    expect(answer).toMatch(`HTTP/1.1 ${status} `);
    expect(answer).not.toContain('/b');
    expect(asked).not.toContain('DELETE');
  });

  test('are not taken any more when the client has left', async () => {
    const told: string[] = [];
    const listener = await start(async ({ path, signal }) => {
      told.push(path);
      await once(signal, 'abort');
      told.push('left');
      return text(path);
    });
    const socket = connect({ port: listener.port, host: '127.0.0.1', ca: tls.clientCa });
    await once(socket, 'secureConnect');
    socket.write(`GET /a ${HEAD}\r\nGET /b ${HEAD}\r\n`);
    await expect.poll(() => told).toEqual(['/a']);
    socket.destroy();
    await expect.poll(() => told).toEqual(['/a', 'left']);
    await listener.close();
    expect(told).toEqual(['/a', 'left']);
  });

  test('are not taken either when it does not read an answer, and is given up', async () => {
    const told: string[] = [];
    const handle = async ({ path, signal }: ServerRequest) => {
      told.push(path);
      signal.addEventListener('abort', () => told.push('given up'));
      return text('x'.repeat(32 << 20));
    };
    const listener = await start(handle, { stallMs: 50 });
    const socket = connect({ port: listener.port, host: '127.0.0.1', ca: tls.clientCa });
    await once(socket, 'secureConnect');
    socket.write(`GET /a ${HEAD}\r\nGET /b ${HEAD}\r\n`);
    await expect.poll(() => told).toContain('given up');
    const ended = once(socket, 'close');
    socket.on('error', () => {}).resume();
    await ended;
    await listener.close();
    expect(told).toEqual(['/a', 'given up']);
  });

  test('are no reason for node to warn of itself, however many', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => warned.mockRestore());
    const listener = await start(async ({ path }) => text(path));
    const answer = await raw(listener, `${`GET /a ${HEAD}\r\n`.repeat(50)}GET /b ${HEAD}${CLOSE}\r\n`);
    expect(answer).toMatch(/\/b$/);
    expect(warned).not.toHaveBeenCalled();
  });

  test('are no longer heard where there are hundreds', async () => {
    const listener = await start(async ({ path }) => {
      await new Promise(setImmediate);
      return text(path);
    });
    expect(await raw(listener, `GET /a ${HEAD}\r\n`.repeat(500))).not.toMatch(/(\/a.*){200}/s);
  });

  test('end with one that has no end, though another is under way', async () => {
    const listener = await start(async (request) => {
      await new Promise(setImmediate);
      return text(`${request.path} ${(await request.body()).length}`);
    });
    const chunked = `POST /b ${HEAD}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`;
    const answer = await raw(listener, `GET /a ${HEAD}\r\n${chunked}`);
    expect(answer).toMatch(/\/a 0HTTP\/1\.1 400 Bad Request\r\n/);
  });
});
