import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCa } from '../../services/hub/ca/ca-command.ts';
import type { CaStep } from '../../services/hub/ca/ca-steps.ts';
import { splitPair } from '../../services/hub/key-pair.ts';
import { clusters, executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { type ClusterAccess, loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { clientFor, clientOf } from '../framework/access.ts';
import { eventually } from '../framework/eventually.ts';
import { type HubProcess, startHubProcess } from '../framework/hub-process.ts';
import { registerMember, startTestAgent, untilReady } from '../framework/join.ts';
import { type KillPoints, newKillPoints } from '../framework/kill-points.ts';
import { startTestMember } from '../framework/start-member.ts';
import { configMapManifest, newWork, untilApplied } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';
import { newRandom } from './random.ts';

/** kill -9 within the steps by which a hub gets another certificate authority: whenever it comes, who was trusted is trusted, and the step can be done again. */

let world: World;
let hub: HubProcess;
let points: KillPoints;
let kubeconfig: string;

beforeAll(async () => {
  world = await newWorld();
  points = newKillPoints(world, /\.(pem|kubeconfig)(\.new)?$/);
  hub = await startHubProcess(world, points.nodeFlags);
  const member = await startTestMember(world, 'm1');
  kubeconfig = await registerMember(world, { hub, member });
  await startTestAgent(world, member, kubeconfig, ['--cert-rotation-checking-interval=1s']);
  await untilReady(hub, 'm1', 'True');
});

afterAll(() => world.stop());

async function ca(word: CaStep | 'status', signal = new AbortController().signal): Promise<string> {
  const said: string[] = [];
  const streams = { out: (text: string) => void said.push(text), err: () => {} };
  await runCa(['--kubeconfig', hub.kubeconfig, word], { streams, env: {}, signal }, Date.now);
  return said.join('');
}

/** What `ca status` says when the step is done. */
const DONE: Record<CaStep, RegExp> = {
  rotate: /published, signs next/,
  switch: /former, still good/,
  finish: /nothing is under way/,
  cancel: /nothing is under way/,
};

function expectWholeFiles(): void {
  const directory = path.join(path.dirname(hub.kubeconfig), 'pki');
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.pem')))
    splitPair(name, readFileSync(path.join(directory, name), 'utf8'));
}

async function bringBack(): Promise<void> {
  while (!hub.isRunning()) {
    expectWholeFiles();
    await hub.start().catch(() => {}); // killed again, or it would not come back to life ever
  }
}

/** The operator with the kubeconfig in the hub's directory, and an agent with what it has. */
async function expectServed(agent: ClusterAccess): Promise<void> {
  await (await clientOf(world, hub.kubeconfig)).list(clusters);
  await clientFor(world, agent).list(works, { namespace: executionSpace('m1') });
}

/** Long: the hub is started again some fifteen times. */
const STEP_MS = 240_000;

/** Takes the step, and brings the hub back, until it is done. `attempt` may end the hub or the command. */
async function untilDone(step: CaStep, attempt: () => Promise<unknown>): Promise<void> {
  await eventually('the agent is ready for it', async () => !/not yet/.test(await ca('status')));
  const agent = await loadKubeconfig({ path: kubeconfig });
  let failure: unknown;
  const isDone = async (): Promise<boolean> => {
    await attempt().catch(() => {}); // not yet, cut off, or done before: the status tells
    const wasKilled = !hub.isRunning();
    await bringBack();
    if (wasKilled) await expectServed(agent).catch((error: unknown) => (failure = error));
    return failure !== undefined || DONE[step].test(await ca('status'));
  };
  await eventually(`${step} is done`, isDone, STEP_MS);
  if (failure) throw failure;
}

async function expectDelivered(name: string): Promise<void> {
  hub = { ...hub, client: await clientOf(world, hub.kubeconfig) };
  await hub.client.create(works, newWork('m1', name, [configMapManifest('default', name, { a: 'b' })]));
  await untilApplied(hub, 'm1', name);
}

const written = (name: string): string[] => [`${name}.new half written`, `${name}.new written`, `${name} in place`];
const POINTS: [CaStep, string[]][] = [
  ['rotate', [...written('ca-next.pem'), ...written('admin.kubeconfig')]],
  ['cancel', ['ca-next.pem removed', ...written('admin.kubeconfig')]],
  ['rotate', []],
  [
    'switch',
    [
      ...['ca-former.pem', 'ca.pem'].flatMap(written),
      ...['serving.pem', 'admin.pem', 'admin.kubeconfig'].flatMap(written),
    ],
  ],
  // The second was left by the switch, which was done when it was killed before.
  ['finish', ['ca-former.pem removed', 'ca-next.pem removed', ...written('admin.kubeconfig')]],
];

describe('a hub that is killed while it gets another authority', () => {
  test('at each of its files, in each step, loses nobody, and goes on when the step is taken again', {
    timeout: 5 * STEP_MS,
  }, async () => {
    for (const [step, expected] of POINTS) {
      if (expected.length > 0) points.arm();
      await untilDone(step, () => ca(step));
      // Beside these, what is tidied up at a start after a kill.
      const hit = expected.length > 0 ? points.hit().filter((point) => !point.endsWith('.new removed')) : [];
      expect(hit.sort(), step).toEqual([...expected].sort());
      points.disarm();
      await expectServed(await loadKubeconfig({ path: kubeconfig }));
    }
    await expectDelivered('killed-at-files');
  });

  test.each([1, 2])(
    'at any moment, with the command or without, loses nobody either (seed %i)',
    {
      timeout: 4 * STEP_MS,
    },
    async (seed) => {
      const random = newRandom(seed);
      for (const step of ['rotate', 'switch', 'finish'] as const) {
        let kills = 2;
        await untilDone(step, async () => {
          const cut = new AbortController();
          const taken = ca(step, cut.signal);
          taken.catch(() => {});
          if (kills-- > 0) {
            await delay(random.below(80));
            if (random.chance(0.5)) cut.abort(new Error('the command was killed'));
            else await hub.kill();
          }
          await taken;
        });
      }
      await expectDelivered(`killed-at-any-moment-${seed}`);
    },
  );
});
