import type { EventEmitter } from 'node:events';
import { printable } from '../shared/process/printable.ts';
import type { Streams } from './factory.ts';

/** The one place by which a command's words reach a terminal. */
export function newStreams(write: {
  out(text: string): void;
  err(text: string): void;
}): Pick<Streams, 'out' | 'err' | 'exact'> {
  return {
    out: (text) => write.out(printable(text)),
    err: (text) => write.err(printable(text)),
    exact: (text) => write.out(text),
  };
}

/**
 * Tells what becomes of a stream that can't be written, for as long as the process lives: what was written last may fail when the command is over.
 * `gone`: who reads has had enough (`pullet get works | head`). `lost`, once: what was written has not arrived, on a full disk for instance.
 */
export function watchOutput(stream: EventEmitter, tell: { gone(): void; lost(error: Error): void }): void {
  let isLost = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return tell.gone();
    if (!isLost) tell.lost(error);
    isLost = true;
  });
}
