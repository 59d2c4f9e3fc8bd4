import { expect, test } from 'vitest';
import { TransportError } from '../../shared/client/transport.ts';
import { keysOf, newRegisterWorld, registerOptions, runRegister } from './register-fixture.ts';

/** A run that is cut off from one side after so many requests to it, and then a second one. `through`: the first needed no more. */
async function cutAfter(requests: number, side: 'hub' | 'member'): Promise<'cut' | 'through'> {
  const world = newRegisterWorld();
  try {
    const kube = world[side];
    let count = 0;
    kube.before = () => {
      if (count++ >= requests) throw new TransportError('cut');
    };
    const outcome = await runRegister(world, registerOptions({ timeoutMs: 6000 })).then(
      () => 'through' as const,
      () => 'cut' as const,
    );
    if (outcome === 'through') return outcome;
    kube.before = () => undefined;
    world.lines = [];
    await runRegister(world);
    expect(world.lines.at(-1)).toBe('\ncluster(m1) is joined successfully');
    expect(await keysOf(world.hub)).toHaveLength(1);
    return outcome;
  } finally {
    world.close();
  }
}

// How often the certificate is asked for depends on how long signing takes, so the number of requests is found out by counting.
test.each([
  ['member', 12],
  ['hub', 4],
] as const)(
  'a register cut off from the %s before any of its requests can be run again, with the same key',
  async (side, least) => {
    let requests = 0;
    while ((await cutAfter(requests, side)) === 'cut') requests += 1;
    expect(requests).toBeGreaterThanOrEqual(least);
  },
  60_000,
);

test('a second run whose pin is of another CA does not go on with the certificate of the first', async () => {
  const world = newRegisterWorld();
  try {
    world.member.before = (request) => {
      if (request.startsWith('create deployments')) throw new TransportError('cut');
    };
    await expect(runRegister(world)).rejects.toThrow('cut');
    world.member.before = () => undefined;
    const another = registerOptions({ caCertHashes: [`sha256:${'0'.repeat(64)}`] });
    await expect(runRegister(world, another)).rejects.toThrow('none of the public keys');
    expect(world.lines.join('\n')).not.toContain('joined successfully');
  } finally {
    world.close();
  }
});
