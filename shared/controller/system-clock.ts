import { systemTimers } from '../client/timers.ts';
import type { Clock } from './clock.ts';

/** The machine's time. Its timers do not keep a process alive. */
export const systemClock: Clock = systemTimers;
