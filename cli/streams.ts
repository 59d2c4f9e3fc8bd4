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
