import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { eventually, kubectl, pullet, run, startPullet } from './processes.ts';

test('npm start -- --exit shows two Ready clusters and the workload in both, and leaves nothing behind', async () => {
  const scratch = await mkdtemp(path.join(tmpdir(), 'pullet-e2e-'));
  const result = await run('npm', ['start', '--silent', '--', '--exit'], {
    env: { TMPDIR: scratch },
    timeoutMs: 240_000,
  });
  expect(result.stderr).toBe('');
  expect(result.code).toBe(0);
  for (const name of ['member1', 'member2']) {
    expect(result.stdout).toMatch(new RegExp(`^${name}\\s+v1\\.\\S+\\s+Pull\\s+True\\s+\\S+$`, 'm'));
    expect(result.stdout).toMatch(
      new RegExp(`^karmada-es-${name}\\s+hello\\s+True\\s+3/3\\s+none\\s+no\\s+\\S+$`, 'm'),
    );
  }
  expect(result.stdout.match(/^hello\s+2\/2\s+2\s+2\s+\S+$/gm)).toHaveLength(2);
  expect((await readdir(scratch)).filter((name) => name.startsWith('pullet-demo-'))).toEqual([]);
  await rm(scratch, { recursive: true });
});

test('the demo stays up for kubectl in a second terminal until it is interrupted', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'pullet-e2e-'));
  const demo = startPullet(['demo', '--data-dir', dir]);
  try {
    await eventually(
      'the demo is up',
      async () => demo.output.stdout.includes('Try in a second terminal') || undefined,
    );
    const admin = path.join(dir, 'hub/admin.kubeconfig');
    const member = path.join(dir, 'member1/admin.kubeconfig');
    const home = dir;
    const listed = await kubectl(admin, ['get', 'clusters', '--no-headers'], { home });
    expect(listed.stdout.trim().split('\n')).toHaveLength(2);
    await kubectl(member, ['scale', 'deployment', '-n', 'demo', 'hello', '--replicas=5'], { home });
    await eventually('the change in the member is undone', async () => {
      const { stdout } = await kubectl(
        member,
        ['get', 'deployment', '-n', 'demo', 'hello', '-o', 'jsonpath={.spec.replicas} {.metadata.generation}'],
        { home },
      );
      const [replicas, generation] = stdout.split(' ').map(Number);
      return replicas === 2 && (generation ?? 0) >= 3 ? true : undefined;
    });
    const deleted = await kubectl(admin, ['delete', 'work', '-n', 'karmada-es-member1', 'hello'], { home });
    expect(deleted.code).toBe(0);
    const gone = await kubectl(member, ['get', 'deployment', '-n', 'demo', 'hello'], { home });
    expect(gone.stderr).toContain('NotFound');
  } finally {
    expect(await demo.stop('SIGINT')).toBe(0);
    await rm(dir, { recursive: true });
  }
});

test.each<NodeJS.Signals>(['SIGHUP', 'SIGTERM'])('the demo leaves nothing behind when it gets %s', async (signal) => {
  const scratch = await mkdtemp(path.join(tmpdir(), 'pullet-e2e-'));
  const demo = startPullet(['demo'], { TMPDIR: scratch });
  const made = async (): Promise<string[]> =>
    (await readdir(scratch)).filter((name) => name.startsWith('pullet-demo-'));
  try {
    await eventually('members have their folders', async () => {
      const [name] = await made();
      return name && (await readdir(path.join(scratch, name))).includes('member2') ? true : undefined;
    });
  } finally {
    expect(await demo.stop(signal)).toBeGreaterThanOrEqual(0); // it ended by itself: null if the signal ended it
  }
  expect(await made()).toEqual([]);
  await rm(scratch, { recursive: true });
});

test('a folder that holds something is left as it is', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'pullet-e2e-'));
  await writeFile(path.join(dir, 'theirs'), '');
  const result = await pullet(['demo', '--exit', '--data-dir', dir]);
  expect([result.code, await readdir(dir)]).toEqual([1, ['theirs']]);
  expect(result.stderr).toContain('is not empty');
  await rm(dir, { recursive: true });
});

test('a wrong flag is told in words, with exit code 2', async () => {
  const result = await pullet(['demo', '--port', 'x']);
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('invalid value "x" for --port: give a whole number');
  expect(result.stderr).not.toMatch(/^\s+at /m);
});
