import type { Factory } from './factory.ts';

/** Runs what changes things one after the other. A person who interrupts it is told how to go on, for nothing else is said of an interrupt. */
export async function tellingHowToGoOn<T>(
  { signal, streams }: Pick<Factory, 'signal' | 'streams'>,
  advice: string,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (signal.aborted) streams.err(`interrupted: ${advice}\n`);
    throw error;
  }
}

export const RUN_AGAIN = 'run the same command again, it goes on from where it was';
