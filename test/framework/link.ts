import { readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type { TestHub } from './start-hub.ts';
import type { World } from './world.ts';

/** A way to a server that can be cut, held up and joined again, as a cable can: a forwarder on loopback. */
export interface Link {
  /** The kubeconfig of somebody at the other end: a file. */
  kubeconfigFrom(kubeconfig: string): Promise<string>;
  /** Ends every connection, and every new one at once. */
  cut(): void;
  /** Nothing arrives any more at either end, and nobody is told: what is sent is lost, and a connection is dead without knowing it. */
  drop(): void;
  /** Every connection that there is breaks at once, with a reset; a new one is a good one. */
  reset(): void;
  /** All is well again, for connections to come; what was dropped of former ones does not arrive. */
  join(): void;
  /** From now on everything takes so long one way; 0: no time. */
  slow(delayMs: number): void;
}

export async function startLink(world: World, { server: far }: Pick<TestHub, 'server'>): Promise<Link> {
  const { hostname: host, port } = new URL(far);
  const sockets = new Set<net.Socket>();
  const lines = new Set<Line>();
  let isCut = false;
  let isDropping = false;
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
    const line = { isDead: isDropping };
    lines.add(line);
    socket.on('close', () => lines.delete(line));
    forward(socket, onward, line, () => delayMs);
    forward(onward, socket, line, () => delayMs);
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
    drop: () => {
      isDropping = true;
      for (const line of lines) line.isDead = true;
    },
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    join: () => {
      isCut = false;
      isDropping = false;
    },
    slow: (ms) => {
      delayMs = ms;
    },
  };
}

/** One connection; once a piece of it is lost, no later one is of any use. */
interface Line {
  isDead: boolean;
}

/** In order, each piece after the delay of its time. */
function forward(from: net.Socket, to: net.Socket, line: Line, delayMs: () => number): void {
  let lastDueMs = 0;
  let waiting = 0;
  const later = (task: () => void): void => {
    if (line.isDead) return;
    const now = Date.now();
    const dueMs = Math.max(now + delayMs(), lastDueMs);
    lastDueMs = dueMs;
    // What is due may still wait for its timer: nothing goes past it.
    if (dueMs <= now && waiting === 0) return void task();
    waiting += 1;
    setTimeout(() => {
      waiting -= 1;
      task();
    }, dueMs - now);
  };
  from.on('data', (chunk: Buffer) => later(() => void (to.destroyed || line.isDead || to.write(chunk))));
  from.on('end', () => later(() => void (to.destroyed || to.end())));
}
