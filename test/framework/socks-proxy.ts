import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';

/** A SOCKS5 proxy on loopback that takes names and CONNECT; it asks for user and password if it is given some. */
export interface SocksProxy {
  /** `socks5://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  readonly asked: string[];
  close(): void;
}

export async function startSocksProxy(options: { auth?: string; reply?: number } = {}): Promise<SocksProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket, options, asked, sockets).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `socks5://127.0.0.1:${port}`,
    port,
    asked,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function serve(
  socket: Socket,
  { auth, reply = 0 }: { auth?: string; reply?: number },
  asked: string[],
  sockets: Set<Socket>,
): Promise<void> {
  const methods = await next(socket);
  if (auth !== undefined) {
    if (!methods.subarray(2).includes(2)) return void socket.end(Buffer.from([5, 0xff]));
    socket.write(Buffer.from([5, 2]));
    const said = await next(socket);
    const userLength = said[1] ?? 0;
    const given = `${said.subarray(2, 2 + userLength)}:${said.subarray(3 + userLength)}`;
    if (given !== auth) return void socket.end(Buffer.from([1, 1]));
    socket.write(Buffer.from([1, 0]));
  } else {
    socket.write(Buffer.from([5, 0]));
  }
  const request = await next(socket);
  const [host, port] = [request.subarray(5, -2).toString(), request.readUInt16BE(request.length - 2)];
  asked.push(`${host}:${port}`);
  if (reply !== 0) return void socket.end(Buffer.from([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]));
  const outward = net.connect(port, host);
  sockets.add(outward);
  outward.on('error', () => socket.destroy());
  await once(outward, 'connect');
  socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
  socket.pipe(outward).pipe(socket);
}

/** A client waits for each answer, so one chunk is one message. */
async function next(socket: Socket): Promise<Buffer> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk;
}
