import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';

/** A forward proxy on loopback that knows CONNECT and nothing else; it notes who asked for what, and can behave badly. */
export interface ConnectProxy {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:PORT`, or `https://`. */
  readonly url: string;
  /** `host:port` of each CONNECT, in order. */
  readonly asked: string[];
  /** Of the last CONNECT; lower-case names. */
  headers(): http.IncomingHttpHeaders;
  /** Tunnels that are open. */
  open(): number;
  /** Ends every tunnel, as a proxy does with what is idle. */
  cut(): void;
  /** Passes nothing on any more, and says nothing. */
  freeze(): void;
  close(): void;
}

export interface ConnectProxyOptions {
  /** Asked for with 407; `user:password`. */
  auth?: string;
  /** Answered to every CONNECT instead of connecting. */
  status?: number;
  /** Names that only the proxy knows, and the port on loopback that is meant. */
  names?: Record<string, number>;
  /** Speaks TLS to its clients. */
  tls?: { cert: string; key: string };
}

export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const asked: string[] = [];
  const tunnels = new Set<Socket>();
  let headers: http.IncomingHttpHeaders = {};
  const server = options.tls ? https.createServer(options.tls) : http.createServer();
  server.on('connect', (request: http.IncomingMessage, inward: Socket, head: Buffer) => {
    inward.on('error', () => {});
    asked.push(request.url ?? '');
    headers = request.headers;
    const refusal = refusalOf(request, options);
    if (refusal) inward.end(refusal);
    else tunnel(request.url ?? '', inward, head, { options, tunnels });
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    for (const socket of tunnels) socket.destroy();
  };
  return {
    host: '127.0.0.1',
    port,
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    asked,
    headers: () => headers,
    open: () => tunnels.size / 2,
    cut,
    freeze: () => {
      for (const socket of tunnels) socket.unpipe().pause();
    },
    close: () => {
      cut();
      server.closeAllConnections();
      server.close();
    },
  };
}

function refusalOf({ headers }: http.IncomingMessage, { auth, status }: ConnectProxyOptions): string | undefined {
  if (status !== undefined) return `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\ncontent-length: 2\r\n\r\nno`;
  const wanted = `Basic ${Buffer.from(auth ?? '').toString('base64')}`;
  if (auth === undefined || headers['proxy-authorization'] === wanted) return undefined;
  return 'HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm="test"\r\n\r\n';
}

function tunnel(
  target: string,
  inward: Socket,
  head: Buffer,
  { options, tunnels }: { options: ConnectProxyOptions; tunnels: Set<Socket> },
): void {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(target) ?? [];
  const known = options.names?.[host];
  const outward = known ? net.connect(known, '127.0.0.1') : net.connect(Number(port), host);
  outward.once('connect', () => {
    inward.write('HTTP/1.1 200 Connection established\r\n\r\n');
    outward.write(head);
    inward.pipe(outward).pipe(inward);
  });
  outward.once('error', () => inward.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  for (const socket of [inward, outward]) {
    tunnels.add(socket);
    socket.on('close', () => {
      tunnels.delete(socket);
      inward.destroy();
      outward.destroy();
    });
  }
}
