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
  /** From now on everything takes so long one way; 0: no time. */
  slow(delayMs: number): void;
}

export async function startLink(world: World, { server: far }: Pick<TestHub, 'server'>): Promise<Link> {
  const { hostname: host, port } = new URL(far);
  const sockets = new Set<net.Socket>();
  let isCut = false;
  let delayMs = 0;
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
    forward(socket, onward, () => delayMs);
    forward(onward, socket, () => delayMs);
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
    slow: (ms) => {
      delayMs = ms;
    },
  };
}

/** In order, each piece after the delay of its time. */
function forward(from: net.Socket, to: net.Socket, delayMs: () => number): void {
  let lastDueMs = 0;
  const later = (task: () => void): void => {
    const dueMs = Math.max(Date.now() + delayMs(), lastDueMs);
    lastDueMs = dueMs;
    if (dueMs <= Date.now()) task();
    else setTimeout(task, dueMs - Date.now());
  };
  from.on('data', (chunk: Buffer) => later(() => void (to.destroyed || to.write(chunk))));
  from.on('end', () => later(() => void (to.destroyed || to.end())));
}
