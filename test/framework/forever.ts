import { setMaxListeners } from 'node:events';

/** A signal that never aborts, however many listen to it at the same time. */
export function forever(): AbortSignal {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return signal;
}
