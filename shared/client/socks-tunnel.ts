import { connect, type Socket } from 'node:net';
import { type ProxyAddress, ProxyError, type TunnelRequest, type TunnelSocket } from './proxy.ts';
import { transportErrorOf } from './transport-failure.ts';

/** A way through a SOCKS5 proxy (RFC 1928, with user and password by RFC 1929). The proxy looks the server's name up, as with kubectl. */

const VERSION = 5;
const NO_AUTH = 0;
const USER_AND_PASSWORD = 2;

const REFUSALS = [
  '',
  'it failed',
  'its rules forbid that',
  'it has no route to that network',
  'it has no route to that host',
  'the connection was refused',
  'it took too long',
  'it does not know this command',
  'it does not know this kind of address',
];

export async function openSocksTunnel({ proxy, to, signal }: TunnelRequest): Promise<TunnelSocket> {
  const socket = connect({ host: proxy.host, port: proxy.port, signal });
  const read = newReader(socket);
  try {
    await agreeOnMethod(socket, read, proxy);
    await askFor(socket, read, { proxy, to });
    return socket;
  } catch (error) {
    socket.destroy();
    if (error instanceof ProxyError) throw error;
    const why = transportErrorOf(error, `${proxy.host}:${proxy.port}`).message;
    throw problem(proxy, `cannot reach ${to} through the proxy ${proxy.name}: ${why}`, error);
  }
}

type Read = (count: number) => Promise<Buffer>;

async function agreeOnMethod(socket: Socket, read: Read, proxy: ProxyAddress): Promise<void> {
  const { auth } = proxy;
  const methods = auth ? [NO_AUTH, USER_AND_PASSWORD] : [NO_AUTH];
  socket.write(Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method] = await read(2);
  if (version !== VERSION) throw problem(proxy, `the proxy ${proxy.name} does not speak SOCKS5`);
  if (method === NO_AUTH) return;
  if (method !== USER_AND_PASSWORD || !auth) {
    throw problem(proxy, `the proxy ${proxy.name} wants to know who asks: give socks5://USER:PASSWORD@HOST:PORT`);
  }
  const [user, password] = [Buffer.from(auth.username), Buffer.from(auth.password)];
  socket.write(Buffer.concat([Buffer.from([1, user.length]), user, Buffer.from([password.length]), password]));
  const [, status] = await read(2);
  if (status !== 0) throw problem(proxy, `the proxy ${proxy.name} does not accept this user and password`);
}

async function askFor(socket: Socket, read: Read, { proxy, to }: { proxy: ProxyAddress; to: string }): Promise<void> {
  const at = to.lastIndexOf(':');
  const host = Buffer.from(to.slice(0, at).replace(/^\[|\]$/g, ''));
  const port = Buffer.alloc(2);
  port.writeUInt16BE(Number(to.slice(at + 1)));
  // Addresses go as names too: every server reads them, and the kinds of address need not be told apart here.
  socket.write(Buffer.concat([Buffer.from([VERSION, 1, 0, 3, host.length]), host, port]));
  const [, status = 1, , kind] = await read(4);
  if (status !== 0) {
    throw problem(proxy, `the proxy ${proxy.name} does not connect to ${to}: ${REFUSALS[status] ?? `error ${status}`}`);
  }
  const bound = kind === 1 ? 4 : kind === 4 ? 16 : ((await read(1))[0] ?? 0);
  await read(bound + 2);
}

function problem(proxy: ProxyAddress, message: string, cause?: unknown): ProxyError {
  return new ProxyError(message, {
    fix: `Check the address of the proxy ${proxy.name}, and what it lets through.`,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Bytes of the handshake, exactly so many at a time; what comes after them stays in the socket. */
function newReader(socket: Socket): Read {
  return (count) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        socket.off('readable', tryRead).off('error', fail).off('close', closed).off('end', closed);
      };
      const fail = (error: unknown): void => {
        stop();
        reject(error);
      };
      const closed = (): void => fail({ code: 'ECONNRESET' });
      const tryRead = (): void => {
        const bytes = socket.read(count) as Buffer | null;
        if (!bytes) return;
        stop();
        if (bytes.length < count) reject({ code: 'ECONNRESET' });
        else resolve(bytes);
      };
      socket.on('readable', tryRead).on('error', fail).on('close', closed).on('end', closed);
      tryRead();
    });
}
