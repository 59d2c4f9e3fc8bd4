import type { Factory } from '../factory.ts';

/** Lines of progress with the time each step took; on a terminal the step that runs is shown before it is done. */
export interface Progress {
  /** Runs one step and prints what it came to. An error is not printed here. */
  step<T>(running: string, work: () => Promise<T>, done: (result: T) => string): Promise<T>;
}

export function newProgress({ streams, clock }: Factory): Progress {
  const clear = (): void => {
    if (streams.isTerminal) streams.exact('\r\u001b[K');
  };
  return {
    async step(running, work, done) {
      const start = clock.now();
      if (streams.isTerminal) streams.out(`  … ${running}`);
      try {
        const result = await work();
        const seconds = ((clock.now() - start) / 1000).toFixed(1);
        clear();
        streams.out(`  ✓ ${done(result)} (${seconds} s)\n`);
        return result;
      } catch (error) {
        clear();
        streams.out(`  ✗ ${running}\n`);
        throw error;
      }
    },
  };
}
