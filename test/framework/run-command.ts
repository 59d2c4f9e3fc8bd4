import { newProcessFactory } from '../../cli/process-factory.ts';
import { runPullet } from '../../cli/pullet.ts';
import type { World } from './world.ts';

/** Runs command lines of `pullet` in this process. Resolves to what a command has printed; throws that if it fails. */
export function newCommandRunner(world: World): (args: string[]) => Promise<string> {
  const factory = newProcessFactory();
  world.onStop('clients of commands', () => factory.close());
  return async (args) => {
    let text = '';
    const write = (part: string): void => {
      text += part;
    };
    const code = await runPullet(args, {
      ...factory,
      streams: { ...factory.streams, out: write, err: write, exact: write, isTerminal: false },
    });
    if (code !== 0) throw new Error(`pullet ${args.join(' ')} ended with ${code}: ${text}`);
    return text;
  };
}
