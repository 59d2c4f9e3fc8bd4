import type { Logger } from '../../shared/controller/logger.ts';

/** What has been started, to be stopped in reverse order; a stop that fails does not keep the others from happening. */
export interface Teardown {
  add(name: string, stop: () => Promise<void> | void): void;
  /** May be called twice; the second call waits for the first. */
  run(): Promise<void>;
}

export function newTeardown(log: Logger): Teardown {
  const steps: { name: string; stop: () => Promise<void> | void }[] = [];
  let running: Promise<void> | undefined;
  const runAll = async (): Promise<void> => {
    for (let step = steps.pop(); step; step = steps.pop()) {
      try {
        await step.stop();
      } catch (error) {
        log.error({ err: error, step: step.name }, 'stopping failed');
      }
    }
  };
  return {
    add: (name, stop) => void steps.push({ name, stop }),
    run: () => {
      running ??= runAll();
      return running;
    },
  };
}
