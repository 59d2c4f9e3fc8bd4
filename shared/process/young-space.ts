import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** The part of V8 that is read and set. */
export interface YoungSpace {
  set(flag: string): void;
  /** As large as the space of short-lived objects is now, both of its halves, used or not. */
  bytes(): number;
  /** Calls back some time after each collection. */
  onCollected(listener: () => void): void;
}

/**
 * Lets the space of short-lived objects grow to `maxBytes` and no further. V8 begins with 1 MiB, doubles it again and again under load, and may make it small again in a rest. Its own
 * bound can be set for nobody but who starts node.
 */
export function limitYoungSpace(maxBytes: number, young: YoungSpace = V8): void {
  let grows = true;
  young.onCollected(() => {
    const mayGrow = young.bytes() < maxBytes;
    if (mayGrow !== grows) young.set(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`);
    grows = mayGrow;
  });
}

const V8: YoungSpace = {
  set: setFlagsFromString,
  bytes: () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0,
  onCollected: (listener) => new PerformanceObserver(listener).observe({ entryTypes: ['gc'] }),
};
