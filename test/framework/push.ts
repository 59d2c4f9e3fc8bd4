import { type JoinOptions, runJoin } from '../../cli/commands/join.ts';
import { type RotateCredentialsOptions, runRotateCredentials } from '../../cli/commands/rotate-credentials.ts';
import { runUnjoin, type UnjoinOptions } from '../../cli/commands/unjoin.ts';
import type { Factory } from '../../cli/factory.ts';
import { newProcessFactory } from '../../cli/process-factory.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { TestHub } from './start-hub.ts';
import type { TestMember } from './start-member.ts';
import type { World } from './world.ts';

/** Push mode, by the commands that users run. Both resolve to what the command has printed. */

/** Flags of a hub that looks at its push-mode members each second and tells what it sees at once. */
export const QUICK_PUSH: readonly string[] = [
  '--cluster-status-update-frequency=1s',
  '--cluster-success-threshold=1s',
  '--cluster-failure-threshold=1s',
];

interface Pair {
  hub: TestHub;
  member: TestMember;
}

/** What every command is told of them. */
const flagsOf = ({ hub, member }: Pair) => ({
  hub: { kubeconfig: hub.kubeconfig },
  member: { kubeconfig: member.kubeconfig },
  cluster: member.name,
  dryRun: false,
});

export async function joinPushMember(world: World, pair: Pair, more: Partial<JoinOptions> = {}): Promise<string> {
  const { factory, printed } = capturing(world);
  const options = {
    ...flagsOf(pair),
    clusterNamespace: 'karmada-cluster',
    zones: [],
    ...more,
  };
  await runJoin(options, factory);
  return printed();
}

export async function unjoinPushMember(world: World, pair: Pair, more: Partial<UnjoinOptions> = {}): Promise<string> {
  const { factory, printed } = capturing(world);
  const options = {
    ...flagsOf(pair),
    clusterNamespace: 'karmada-cluster',
    waitMs: 180_000,
    force: false,
    ...more,
  };
  await runUnjoin(options, factory);
  return printed();
}

export async function rotatePushCredentials(
  world: World,
  pair: Pair,
  more: Partial<RotateCredentialsOptions> = {},
): Promise<string> {
  const { factory, printed } = capturing(world);
  const options = { ...flagsOf(pair), ...more };
  await runRotateCredentials(options, { ...factory, clock: hurried(factory.clock) });
  return printed();
}

/** The longest that a command waits on purpose; deadlines are longer. */
const MAX_WAIT_MS = 5000;

/** What waits on purpose waits less, and nothing is given up earlier. */
function hurried(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    setTimeout: (task, delayMs) => clock.setTimeout(task, delayMs > MAX_WAIT_MS ? delayMs : delayMs / 20),
  };
}

function capturing(world: World): { factory: Factory; printed: () => string } {
  const factory = newProcessFactory();
  world.onStop('clients of a command', () => factory.close());
  let text = '';
  const write = (part: string): void => {
    text += part;
  };
  return {
    factory: { ...factory, streams: { ...factory.streams, out: write, err: write, exact: write, isTerminal: false } },
    printed: () => text,
  };
}
