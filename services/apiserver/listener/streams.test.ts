import { once } from 'node:events';
import { constants } from 'node:http2';
import https from 'node:https';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Holding, ServerRequest } from '../request.ts';
import { closeListeners, connect, http1, start, text } from './listener-fixture.ts';

afterEach(closeListeners);
afterAll(() => https.globalAgent.destroy());

/** A promise and what resolves it. */
function newSignal(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe('streams', () => {
  test('the head of a watch comes before its first event', async () => {
    const listener = await start(async ({ signal }) => ({ status: 200, body: silentUntilAborted(signal) }));
    const session = connect(listener);
    const [head] = await once(session.request({ ':path': '/' }), 'response');
    expect(head[':status']).toBe(200);
    session.destroy();
  });

  test('when the client leaves, the signal aborts', async () => {
    const aborted = newSignal();
    const listener = await start(async ({ signal }) => {
      signal.addEventListener('abort', () => aborted.resolve());
      return { status: 200, body: untilAborted(signal) };
    });
    const session = connect(listener);
    const stream = session.request({ ':path': '/' });
    await once(stream, 'response');
    stream.destroy();
    await aborted.promise;
    session.destroy();
  });

  test('a reader that takes nothing is waited for and then dropped', async () => {
    const ended = newSignal();
    let chunks = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (; ; chunks++) yield Buffer.alloc(256 << 10);
      } finally {
        ended.resolve();
      }
    }
    const listener = await start(async () => ({ status: 200, body: endless() }), { stallMs: 50 });
    const session = connect(listener);
    const request = session.request({ ':path': '/' });
    request.on('error', () => {});
    await once(request, 'response');
    request.pause();
    await ended.promise;
    expect(chunks).toBeLessThan(20);
    session.destroy();
  });

  test.each([
    ['HTTP/1.1, read', 100],
    ['HTTP/2, read', 100],
    ['HTTP/2, read', 1000],
    ['HTTP/2, left unread until the stream is given up', 100],
    ['HTTP/2, left unread until the stream is given up', 1000],
  ])('what an answer holds is let go of when it is over: %s, %i KiB', async (how, kib) => {
    let released = 0;
    const release = (): void => {
      released += 1;
    };
    const listener = await start(async () => {
      const body = Buffer.alloc(kib << 10, 'x');
      return { status: 200, body, holding: { bytes: body.length, release } };
    });
    if (how.startsWith('HTTP/1.1')) {
      await http1(listener, {});
      await expect.poll(() => released).toBeGreaterThan(0);
      return;
    }
    const session = connect(listener);
    if (how.endsWith('given up')) session.settings({ initialWindowSize: 0 });
    const stream = session.request({ ':path': '/' });
    stream.on('error', () => {});
    await once(stream, 'response');
    if (how.endsWith('given up')) {
      await new Promise((resolve) => session.ping(resolve));
      expect(released).toBe(0);
      stream.close(constants.NGHTTP2_CANCEL);
    } else stream.resume();
    await expect.poll(() => released).toBeGreaterThan(0);
    session.destroy();
  });

  test.each([100, 1000])('an answer of %i KiB can be given up while it is left unread', async (kib) => {
    const holding: Holding = { bytes: 0, release: () => released.resolve() };
    const released = newSignal();
    const answer = async () => ({ status: 200, body: Buffer.alloc(kib << 10, 'x'), holding });
    const listener = await start(answer, { stallMs: 3600_000 });
    const session = connect(listener);
    session.settings({ initialWindowSize: 0 });
    const stream = session.request({ ':path': '/' });
    const error = once(stream, 'error');
    await once(stream, 'response');
    holding.giveUp?.();
    await released.promise;
    expect(String(await error)).toContain('NGHTTP2_INTERNAL_ERROR');
    session.destroy();
  });

  test.each(['whole', 'a stream'])(
    'what an answer holds is let go of when its connection takes nothing any more: %s',
    async (what) => {
      let released = 0;
      let isEnded = false;
      const body = Buffer.alloc(64 << 20);
      async function* pieces(): AsyncGenerator<Uint8Array> {
        try {
          for (let at = 0; at < body.length; at += 1 << 20) yield body.subarray(at, at + (1 << 20));
        } finally {
          isEnded = true;
        }
      }
      const release = (): void => {
        released += 1;
      };
      const listener = await start(
        async () => ({
          status: 200,
          body: what === 'whole' ? body : pieces(),
          holding: { bytes: body.length, release },
        }),
        { stallMs: 100 },
      );
      const { port, cut, close } = await startWire(listener.port);
      const session = connect({ ...listener, port });
      session.on('error', () => {});
      await once(session, 'connect');
      session.setLocalWindowSize(100 << 20);
      session.settings({ initialWindowSize: 100 << 20 });
      await new Promise((resolve) => session.ping(resolve));
      const stream = session.request({ ':path': '/' });
      stream.on('error', () => {});
      await once(stream, 'response');
      cut();
      await expect.poll(() => released).toBeGreaterThan(0);
      if (what !== 'whole') expect(isEnded).toBe(true);
      session.destroy();
      close();
    },
  );

  test('closing ends open watches and refuses new connections', async () => {
    let watches = 0;
    const watch = async ({ signal }: ServerRequest) => {
      watches += 1;
      return { status: 200, body: untilAborted(signal) };
    };
    const listener = await start(watch, { graceMs: 60_000 });
    const session = connect(listener);
    const stream = session.request({ ':path': '/' });
    stream.resume();
    await once(stream, 'response');
    const other = http1(listener, {});
    await expect.poll(() => watches).toBe(2);
    const closed = once(session, 'close');
    await listener.close();
    await closed;
    expect((await other).body).toBe('{}\n');
    await expect(http1(listener, {})).rejects.toThrow(/ECONNREFUSED/);
  });
});

/** Between a client and a server, until it is cut: then both are there and nothing comes through. */
async function startWire(port: number) {
  const ends = new Set<Socket>();
  const server = createServer((near) => {
    const far = createConnection({ host: '127.0.0.1', port });
    near.pipe(far).pipe(near);
    for (const end of [near, far]) ends.add(end.on('error', () => {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      for (const end of ends) end.unpipe().pause();
    },
    close: () => {
      server.close();
      for (const end of ends) end.destroy();
    },
  };
}

async function* untilAborted(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{}\n');
  yield* silentUntilAborted(signal);
}

async function* silentUntilAborted(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
}

test('closing waits for an answer under way, over HTTP/1.1 with keep-alive', async () => {
  const begun = newSignal();
  const release = newSignal();
  const listener = await start(
    async () => {
      begun.resolve();
      await release.promise;
      return text('done');
    },
    { graceMs: 60_000 },
  );
  const agent = new https.Agent({ keepAlive: true });
  const answer = http1(listener, { agent });
  await begun.promise;
  const closed = listener.close();
  release.resolve();
  expect((await answer).body).toBe('done');
  await closed;
  agent.destroy();
});

test('what is not answered in time is cut off', async () => {
  const begun = newSignal();
  const never = newSignal();
  const listener = await start(
    async () => {
      begun.resolve();
      await never.promise;
      return text('');
    },
    { graceMs: 20 },
  );
  const answer = http1(listener, {}).catch((reason) => reason);
  await begun.promise;
  await listener.close();
  expect((await answer).code).toBe('ECONNRESET');
});

test('a reader that takes nothing of a large body is dropped', async () => {
  const listener = await start(async () => ({ status: 200, body: Buffer.alloc(20 << 20) }), { stallMs: 50 });
  const session = connect(listener);
  const request = session.request({ ':path': '/' });
  const failed = new Promise((resolve) => request.on('error', resolve));
  await once(request, 'response');
  request.pause();
  expect(await failed).toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
  session.destroy();
});
