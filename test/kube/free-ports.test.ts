import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { pickFreePorts } from './free-ports.ts';

test('ports are different, and none that a system gives away by itself', async () => {
  const ports = await pickFreePorts(50);
  expect(new Set(ports).size).toBe(50);
  expect(ports.filter((port) => port < 1024 || port >= 32_768)).toEqual([]);
});

test('ports can be listened on', async () => {
  const servers = (await pickFreePorts(5)).map((port) => createServer().listen(port, '127.0.0.1'));
  try {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  } finally {
    for (const server of servers) server.close();
  }
});
