import { readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type { TestHub } from './start-hub.ts';
import type { World } from './world.ts';

/** A way to a server that can be cut and joined again, as a cable can: a forwarder on loopback. */
export interface Link {
  /** The kubeconfig of somebody at the other end: a file. */
  kubeconfigFrom(kubeconfig: string): Promise<string>;
  /** Ends every connection, and every new one at once. */
  cut(): void;
  join(): void;
}

export async function startLink(world: World, { server: far }: Pick<TestHub, 'server'>): Promise<Link> {
  const { hostname: host, port } = new URL(far);
  const sockets = new Set<net.Socket>();
  let isCut = false;
  const keep = (socket: net.Socket, other: net.Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined); // the other end is told by the close that follows
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = net.createServer((socket) => {
    if (isCut) return void socket.destroy();
    const onward = net.connect({ host, port: Number(port) });
    keep(socket, onward);
    keep(onward, socket);
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  world.onStop('link', () => {
    endAll();
    server.close();
  });
  const { port: own } = server.address() as net.AddressInfo;
  return {
    kubeconfigFrom: async (kubeconfig) => {
      const file = path.join(world.dir, `link-${own}-${path.basename(kubeconfig)}`);
      const text = await readFile(kubeconfig, 'utf8');
      await writeFile(file, text.replaceAll(far, `https://127.0.0.1:${own}`), { mode: 0o600 });
      return file;
    },
    cut: () => {
      isCut = true;
      endAll();
    },
    join: () => {
      isCut = false;
    },
  };
}
