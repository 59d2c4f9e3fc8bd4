import { expect, test } from 'vitest';
import { type AgentHealth, serveHealth } from './health-pages.ts';
import type { AgentOptions } from './options.ts';

const options = { healthAddress: '127.0.0.1:0', metricsAddress: '127.0.0.1:0' } as AgentOptions;

test('probes see the agent alive, and ready once its cluster is registered', async () => {
  const health: AgentHealth = { isStopping: false, isLeading: true, isRegistered: false };
  const [server] = await serveHealth(options, health);
  const ask = async (path: string): Promise<[number, string]> => {
    const answer = await fetch(`http://127.0.0.1:${server?.port}${path}`);
    return [answer.status, await answer.text()];
  };
  try {
    expect(await ask('/healthz')).toEqual([200, 'ok']);
    expect((await ask('/readyz'))[0]).toBe(500);
    health.isRegistered = true;
    expect(await ask('/readyz?verbose')).toEqual([200, 'ok']);
    expect((await ask('/metrics'))[1]).toContain('\npullet_agent_leading 1\n');
    expect((await ask('/metrics'))[1]).not.toContain('certificate');
    health.certificate = { notAfter: () => 1_800_000_000_000, isFailing: true };
    const metrics = (await ask('/metrics'))[1];
    expect(metrics).toContain('\npullet_agent_certificate_expiration_seconds 1800000000\n');
    expect(metrics).toContain('\npullet_agent_certificate_rotation_failing 1\n');
    expect((await ask('/nothing'))[0]).toBe(404);
    health.isStopping = true;
    for (const path of ['/healthz', '/readyz']) expect(await ask(path)).toEqual([500, 'stopping']);
  } finally {
    await server?.close();
  }
});

test('an address in use is told in words', async () => {
  const health: AgentHealth = { isStopping: false, isLeading: false, isRegistered: false };
  const [server] = await serveHealth(options, health);
  try {
    const taken = { healthAddress: `127.0.0.1:${server?.port}` } as AgentOptions;
    await expect(serveHealth(taken, health)).rejects.toThrow(`can't listen on 127.0.0.1:${server?.port}: `);
  } finally {
    await server?.close();
  }
});

test('without addresses nothing is served', async () => {
  expect(await serveHealth({} as AgentOptions, { isStopping: false, isLeading: false, isRegistered: false })).toEqual(
    [],
  );
});
