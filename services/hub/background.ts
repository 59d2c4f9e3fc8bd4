import { setMaxListeners } from 'node:events';

/** Work that goes on until it is stopped. */
export interface Background {
  /** Resolves after a stop; rejects if the work failed. Nobody needs to listen. */
  ended: Promise<void>;
  /** Aborts the signal and resolves when the work has ended, however. */
  stop(): Promise<void>;
}

export function runInBackground(work: (signal: AbortSignal) => Promise<void>): Background {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // every informer and request of the work listens
  const ended = work(controller.signal);
  ended.catch(() => {});
  return {
    ended,
    stop: async () => {
      controller.abort(new Error('stopping'));
      await ended.catch(() => {});
    },
  };
}
