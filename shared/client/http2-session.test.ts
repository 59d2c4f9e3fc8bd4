import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { newHttp2Connection } from './http2-session.ts';
import type { Timers } from './timers.ts';

/** A server that sends frames and answers no PING, over a real socket on loopback. */

const PING_PERIOD_MS = 20_000;
const PING_DEADLINE_MS = 15_000;
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
const settings = frame(4, 0, 0);
const okOfStream1 = frame(1, 4, 1, Buffer.from([0x88]));
const dataOfStream1 = frame(0, 0, 1, Buffer.from('more'));

async function connectPair(): Promise<{ client: Socket; server: Socket }> {
  const listener = net.createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const client = net.connect((listener.address() as AddressInfo).port, '127.0.0.1');
  const [server] = (await once(listener, 'connection')) as [Socket];
  server.resume();
  server.on('error', () => {});
  closers.push(() => {
    client.destroy();
    server.destroy();
    listener.close();
  });
  return { client, server };
}

/** The timer that was set last for so long, when it is called; time stands still until it is moved. */
function newManualTimers(): { timers: Timers; fire(delayMs: number): void; pass(ms: number): void } {
  const waiting = new Map<number, () => void>();
  let nowMs = 0;
  const setTimeout: Timers['setTimeout'] = (task, delayMs) => {
    waiting.set(delayMs, task);
    return () => void waiting.delete(delayMs);
  };
  const fire = (delayMs: number): void => {
    const task = waiting.get(delayMs);
    waiting.delete(delayMs);
    if (!task) throw new Error(`nothing waits for ${delayMs} ms`);
    task();
  };
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { timers: { now: () => nowMs, monotonic: () => nowMs, setTimeout }, fire, pass };
}

async function open() {
  const { client, server } = await connectPair();
  const manual = newManualTimers();
  const connection = newHttp2Connection(client as TLSSocket, 'hub.test:6443', manual.timers);
  server.write(settings);
  await once(connection.session, 'connect');
  return { server, ...manual, ...connection };
}

test('a connection that was quiet for long is asked at once when it is used again, and given up without an answer', async () => {
  const { session, streamOpened, fire, pass } = await open();
  const close = streamOpened();
  close();
  pass(60_000);
  streamOpened();
  fire(0);
  const failed = once(session, 'error');
  fire(PING_DEADLINE_MS);
  expect(String(await failed)).toContain('hub.test:6443 has not answered for 15 s');
});

test('a connection on which more keeps coming is not given up, though the answer to a PING is behind it', async () => {
  const { server, session, streamOpened, fire } = await open();
  streamOpened();
  const stream = session.request({ ':path': '/watch' });
  stream.on('error', () => {});
  server.write(okOfStream1);
  await once(stream, 'response');
  fire(PING_PERIOD_MS);
  for (let rounds = 0; rounds < 3; rounds++) {
    server.write(dataOfStream1);
    await once(stream, 'data');
    fire(PING_DEADLINE_MS);
    expect(session.destroyed).toBe(false);
  }
  const failed = once(session, 'error');
  fire(PING_DEADLINE_MS);
  expect(String(await failed)).toContain('hub.test:6443 has not answered for 15 s');
});
