import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAgent } from '../../agent/main.ts';
import type { Factory } from '../../cli/factory.ts';
import { runPullet } from '../../cli/pullet.ts';
import { withRevokedKeys } from '../../shared/apis/cluster/agent-keys.ts';
import { changeAgentKeys } from '../../shared/client/agent-keys.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { caPins } from '../../shared/pki/ca-pin.ts';
import { clientOf } from '../framework/access.ts';
import { type ConnectProxy, type ConnectProxyOptions, startConnectProxy } from '../framework/connect-proxy.ts';
import { eventually } from '../framework/eventually.ts';
import { createToken, registerMember } from '../framework/join.ts';
import { hubIsKube, startTestHub, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { newWorld, type World } from '../framework/world.ts';

/** `pullet doctor` against a hub that is well, and against everything that usually is not. */

let world: World;
let hub: TestHub;
let member: TestMember;
let agentKubeconfig: string;
let token: string;
let pin: string;
let closedPort: number;

beforeAll(async () => {
  world = await newWorld();
  hub = await startTestHub(world);
  member = await startTestMember(world, 'm1');
  agentKubeconfig = await registerMember(world, { hub, member });
  token = await createToken(hub);
  pin = caPins(hub.caPem)[0] ?? '';
  closedPort = await freePort();
});

afterAll(() => world.stop());

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function doctor(args: string[], more: { aheadMs?: number; env?: Record<string, string> } = {}) {
  const { aheadMs = 0, env = {} } = more;
  let out = '';
  const factory = {
    memberClient: async ({ kubeconfig = '' }) => clientOf(world, kubeconfig),
    streams: {
      out: (text: string) => {
        out += text;
      },
      err: () => {},
      isTerminal: false,
    },
    clock: { ...systemClock, now: () => Date.now() + aheadMs },
    env,
    signal: new AbortController().signal,
    close: async () => {},
  } as unknown as Factory;
  const code = await runPullet(['doctor', ...args], factory);
  return { code, out };
}

const signed = () =>
  eventually('cluster-info is signed for the token', async () => {
    const { out } = await doctor([hub.endpoint, '--token', token, '--discovery-token-ca-cert-hash', pin]);
    return /ok +token signature/.test(out);
  });

test('finds nothing where all is well, and shows no secret', async () => {
  await signed();
  const all = [
    hub.endpoint,
    '--token',
    token,
    '--discovery-token-ca-cert-hash',
    pin,
    '--kubeconfig',
    member.kubeconfig,
  ];
  const { code, out } = await doctor(all);
  expect(out).not.toMatch(/FAIL|warn|skip/);
  expect(code).toBe(0);
  expect(out).not.toContain(token.split('.')[1]);
});

test('finds nothing with an agent that is well', async () => {
  const { code, out } = await doctor(['--agent-kubeconfig', agentKubeconfig]);
  expect(out).toMatch(/ok +the agent's certificate +it lasts 59m more/);
  expect(out).toMatch(/ok +the agent's rights/);
  expect(code).toBe(0);
});

test("does not take somebody else's kubeconfig for an agent's", async () => {
  const { code, out } = await doctor(['--agent-kubeconfig', hub.kubeconfig]);
  expect(out).toMatch(/FAIL +the agent's certificate +it is of ".+", who is no agent\n.*--agent-kubeconfig-out/);
  expect(code).toBe(1);
});

describe('of an agent', () => {
  async function changed(what: RegExp | string, by: string): Promise<string> {
    const file = path.join(world.dir, `changed-${randomUUID()}.kubeconfig`);
    await writeFile(file, (await readFile(agentKubeconfig, 'utf8')).replace(what, by), { mode: 0o600 });
    return file;
  }

  test('that trusts another CA than that of the hub, says so and what to do', async () => {
    const { transport } = await loadKubeconfig({ path: member.kubeconfig });
    const foreign = Buffer.from(transport.caPem ?? '').toString('base64');
    const file = await changed(/(?<=certificate-authority-data"?: "?)[\w+/=]+/, foreign);
    const { code, out } = await doctor(['--agent-kubeconfig', file]);
    expect(out).toMatch(/FAIL +the agent's rights +nothing was sent: .*not trusted here\n.*another CA .*cert renew/);
    expect(code).toBe(1);
  });

  test('whose certificate has ended, says so and what to do', async () => {
    const { code, out } = await doctor(['--agent-kubeconfig', agentKubeconfig], { aheadMs: 2 * 3600_000 });
    expect(out).toMatch(/FAIL +the agent's certificate +it ended at .*\n.*cert renew/);
    expect(code).toBe(1);
  });

  test('whose hub is away, looks at its certificate all the same', async () => {
    const file = await changed(hub.endpoint, `127.0.0.1:${closedPort}`);
    const { code, out } = await doctor(['--agent-kubeconfig', file]);
    expect(out).toMatch(/ok +the agent's certificate +it lasts/);
    expect(out).toMatch(/skip +the agent's rights +the hub can not be reached/);
    expect(code).toBe(1);
  });
});

describe('run by the agent’s own program', () => {
  async function agentDoctor(args: string[]): Promise<{ failure: unknown; out: string }> {
    let out = '';
    const write = (text: string): void => {
      out += text;
    };
    const context = { streams: { out: write, err: write }, env: {}, signal: new AbortController().signal };
    const failure = await runAgent(['doctor', ...args], context).catch((error: unknown) => error);
    return { failure, out };
  }

  test('it looks at the hub with the agent’s credential, and at the member as the agent', async () => {
    const { failure, out } = await agentDoctor([
      '--hub-kubeconfig',
      agentKubeconfig,
      '--kubeconfig',
      member.kubeconfig,
    ]);
    expect(failure).toBeUndefined();
    expect(out).toMatch(/ok +the agent's rights +may get clusters on the hub/);
    expect(out).toMatch(/ok +member +it answers/);
    expect(out).toMatch(/ok +rights in the member +the agent may do what it needs for itself/);
    expect(out).toMatch(/ok +what it manages +everything/);
  });

  test('it says what an agent may not do', async () => {
    const { failure, out } = await agentDoctor(['--hub-kubeconfig', agentKubeconfig, '--kubeconfig', agentKubeconfig]);
    expect(String(failure)).toMatch(/1 of \d+ checks failed/);
    expect(out).toMatch(/FAIL +rights in the member +the agent may not: .*list secrets/);
    expect(out).toMatch(/warn +what it manages +nothing/);
  });

  test('it names the kubeconfig that is missing', async () => {
    const { failure } = await agentDoctor(['--hub-kubeconfig', '/nowhere/at-all']);
    expect(String(failure)).toContain('cannot read the kubeconfig /nowhere/at-all');
  });
});

test('counts the rights that an agent with --manage is to be given', async () => {
  const weak = (await runDoctorAs(['--manage', 'configmaps,deployments'])).out;
  expect(weak).toMatch(/may not: .*create configmaps, .*patch deployments/);
  expect(weak).not.toContain('* *');
  const { code, out } = await doctor([hub.endpoint, '--kubeconfig', member.kubeconfig, '--manage', 'configmaps']);
  expect(out).toMatch(/ok +rights in the member/);
  expect(code).toBe(0);
});

/** With an agent's credential of the hub as that of a member. */
const runDoctorAs = (args: string[]) => doctor([hub.endpoint, '--kubeconfig', agentKubeconfig, ...args]);

describe('says what is wrong, and what to do', () => {
  const wrongPin = `sha256:${'0'.repeat(64)}`;
  test.each<[string, () => string[], RegExp]>([
    ['another pin', () => [hub.endpoint, '--discovery-token-ca-cert-hash', wrongPin], /FAIL +pin .*\n.*earlier one/],
    ['half a pin', () => [hub.endpoint, '--discovery-token-ca-cert-hash', 'sha256:12'], /FAIL +pin .*\n.*64 hex/],
    [
      'a token that is gone',
      () => [hub.endpoint, '--token', 'zzzzzz.0123456789abcdef'],
      /FAIL +token signature .*\n.*token create/,
    ],
    [
      'a token that is mistyped',
      () => [hub.endpoint, '--token', `${token.slice(0, 6)}.0000000000000000`],
      /FAIL +token signature .*wrong\n.*mistyped/,
    ],
    [
      'a port where nothing listens',
      () => [`127.0.0.1:${closedPort}`],
      /FAIL +TCP .*nothing listens there\n.*hub runs/,
    ],
    ['a name that is unknown', () => ['no-such-host.invalid:6443'], /FAIL +DNS +no-such-host\.invalid.*\n.*IP address/],
    [
      'a user of the member without rights',
      () => [hub.endpoint, '--kubeconfig', agentKubeconfig],
      /FAIL +rights in the member .*may not: .*create deployments.*\n.*administrator/,
    ],
  ])('%s', async (_, args, expected) => {
    await signed();
    const { code, out } = await doctor(args());
    expect(out).toMatch(expected);
    expect(code).toBe(1);
  });

  test.each([
    [60_000, 'warn', 0],
    [600_000, 'FAIL', 1],
  ])('a clock that is %i ms ahead, by how much', async (aheadMs, mark, expectedCode) => {
    const { code, out } = await doctor([hub.endpoint], { aheadMs });
    expect(out).toMatch(new RegExp(`${mark} +clock +this machine's clock is (60|61|59|600|601|599) s ahead of`));
    expect(code).toBe(expectedCode);
  });

  test.skipIf(hubIsKube)('a credential that was revoked', async () => {
    const kubeconfig = await registerMember(world, { hub, member, clusterName: 'revoked' });
    await changeAgentKeys(hub.client, 'revoked', (record) => withRevokedKeys(record, Date.now()));
    const { code, out } = await doctor(['--agent-kubeconfig', kubeconfig]);
    expect(out).toMatch(/FAIL +the agent's rights +the hub does not know the credential/);
    expect(code).toBe(1);
  });
});

describe('a proxy', () => {
  async function startProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
    const proxy = await startConnectProxy(options);
    world.onStop('proxy', proxy.close);
    return proxy;
  }

  test('that lets us through is named, and everything is looked at through it', async () => {
    await signed();
    const proxy = await startProxy({ auth: 'me:word' });
    const proxyUrl = proxy.url.replace('//', '//me:word@');
    const args = [hub.endpoint, '--proxy-url', proxyUrl, '--token', token, '--discovery-token-ca-cert-hash', pin];
    const { code, out } = await doctor(args);
    expect(out).toContain(`ok    proxy                 ${proxy.url} (proxy-url) lets us through to ${hub.endpoint}`);
    expect(out).toMatch(/ok +token +may create certificatesigningrequests/);
    expect(out).not.toMatch(/FAIL|warn|word/);
    expect(code).toBe(0);
    expect(new Set(proxy.asked)).toEqual(new Set([hub.endpoint]));
  });

  test('that says no is named with its answer, and what to do', async () => {
    const proxy = await startProxy({ status: 403 });
    const env = { HTTPS_PROXY: proxy.url.replace('//', '//me:secret@') };
    const { code, out } = await doctor(['hub.test:6443'], { env });
    expect(out).toContain(
      `FAIL  proxy                 the proxy ${proxy.url} (HTTPS_PROXY) answered 403 Forbidden when`,
    );
    expect(out).toContain('→ Have the proxy let CONNECT to hub.test:6443 through');
    expect(out).not.toContain('secret');
    expect(code).toBe(1);
  });

  test('that is not needed is told to be left out', async () => {
    const proxy = await startProxy({ status: 503 });
    const { out } = await doctor([hub.endpoint, '--proxy-url', proxy.url]);
    expect(out).toContain(`Without the proxy ${hub.endpoint} accepts connections from here: leave it out (NO_PROXY=`);
  });

  test('that is set for other addresses is told to be unused', async () => {
    const { code, out } = await doctor([hub.endpoint], { env: { HTTPS_PROXY: 'http://user:secret@proxy:3128' } });
    expect(out).toMatch(/ok +proxy +HTTPS_PROXY is set and not used: the hub is on this machine/);
    expect(out).not.toContain('secret');
    expect(code).toBe(0);
  });
});
