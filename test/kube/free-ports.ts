/** Free TCP ports on loopback, for servers that must be told their port before they start, or that come back to it after they were stopped. */

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range out of which systems give ports to outgoing connections and to who asks for any: nobody takes one while its server is away. */
const FIRST = 20_000;
const BEYOND = 32_000;

/**
 * Picks `count` different ports that are free on 127.0.0.1. Another process may still pick the same before it is bound: the caller has to try again if its
 * server cannot bind.
 */
export async function pickFreePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(FIRST, BEYOND);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

/** `127.0.0.1:PORT`, with a free one. */
export async function freeAddress(): Promise<string> {
  const [port] = await pickFreePorts(1);
  return `127.0.0.1:${port}`;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
