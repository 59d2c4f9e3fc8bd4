import { EventEmitter, once } from 'node:events';
import type { Http2SecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { limitHandshakes } from './handshakes.ts';

const LIMITS = { atOnce: 2, placeMs: 1000, waitMs: 5000 };

/** A server that notes for whom it begins a handshake. */
function newServer() {
  const server = new EventEmitter();
  const begun: string[] = [];
  server.on('connection', (socket: TestSocket) => begun.push(socket.name));
  limitHandshakes(server as unknown as Http2SecureServer, LIMITS);
  return { server, begun };
}

type TestSocket = PassThrough & { name: string };

function connect(server: EventEmitter, name: string): TestSocket {
  const socket = Object.assign(new PassThrough(), { name });
  server.emit('connection', socket as unknown as Socket);
  return socket;
}

/** One that has said hello. */
async function greet(server: EventEmitter, name: string): Promise<TestSocket> {
  const socket = connect(server, name);
  socket.write('hello');
  await new Promise(setImmediate);
  return socket;
}

afterEach(() => void vi.useRealTimers());

describe('handshakes', () => {
  test('are begun so many at once, the others in their turn as they end', async () => {
    const { server, begun } = newServer();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await greet(server, name);
    expect(begun).toEqual(['a', 'b']);
    server.emit('secureConnection');
    expect(begun).toEqual(['a', 'b', 'c']);
    server.emit('tlsClientError', new Error('no'));
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  test('are not begun with who has said nothing, who holds up nobody either', async () => {
    const { server, begun } = newServer();
    for (const name of ['silent', 'mute', 'still']) connect(server, name);
    await greet(server, 'a');
    expect(begun).toEqual(['a']);
  });

  test('are not begun with who has left the line', async () => {
    const { server, begun } = newServer();
    for (const name of ['a', 'b']) await greet(server, name);
    const gone = await greet(server, 'gone');
    await greet(server, 'c');
    gone.destroy();
    await once(gone, 'close');
    server.emit('secureConnection');
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  test('that take long keep their place for a while only', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { server, begun } = newServer();
    for (const name of ['slow', 'slower', 'c']) await greet(server, name);
    expect(begun).toEqual(['slow', 'slower']);
    vi.advanceTimersByTime(LIMITS.placeMs + 1);
    expect(begun).toEqual(['slow', 'slower', 'c']);
  });

  test('are waited for so long: a connection that stays silent is closed', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { server } = newServer();
    const silent = connect(server, 'silent');
    vi.advanceTimersByTime(LIMITS.waitMs - 1);
    expect(silent.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(silent.destroyed).toBe(true);
  });
});
