/** Reads a watch from its beginning to an event that is known to be the last, or to the server's silence. */

import type { Sender, WireAnswer, WireRequest } from './send.ts';

export interface FollowedWatch {
  /** Resolves when the server has answered: from then on nothing is missed. */
  readonly opened: Promise<void>;
  /** The events so far, or the refusal, once the last event came. */
  readonly answer: Promise<WireAnswer>;
  /** Ends it where it is. */
  stop(): void;
}

export interface WatchEnd {
  /** The value of the label `end` in the last event. */
  readonly label?: string;
  /** Without a label: how long the server has to be silent. With one: how long to wait for it. */
  readonly silenceMs: number;
}

export function followWatch(send: Sender, wire: WireRequest, { label, silenceMs }: WatchEnd): FollowedWatch {
  const end = new AbortController();
  const lines: string[] = [];
  let timer = setTimeout(() => end.abort(), label === undefined ? 10 * silenceMs : silenceMs);
  const onLine = (line: string): void => {
    if (end.signal.aborted) return; // a chunk may have more
    if (!isReminder(line)) lines.push(line);
    clearTimeout(timer);
    if (label !== undefined && line.includes(endOf(label))) end.abort();
    else timer = setTimeout(() => end.abort(), silenceMs);
  };
  let onHead = (): void => {};
  const opened = new Promise<void>((resolve) => {
    onHead = resolve;
  });
  const answer = send({ ...wire, signal: end.signal, onLine, onHead: () => onHead() })
    .catch((error: unknown) => {
      if (!end.signal.aborted) throw error;
      return { status: 200, headers: {}, body: lines.join('\n') };
    })
    .finally(() => {
      clearTimeout(timer);
      onHead();
    });
  answer.catch(() => {}); // told where it is awaited
  return { opened, answer, stop: () => end.abort() };
}

/** As a label: the bookmark after everything that was there. */
export const initialEnd = 'the end of the beginning';

const endOf = (label: string): string => (label === initialEnd ? '"k8s.io/initial-events-end"' : `"end":"${label}"`);

/** A server may send one whenever it likes, but that which ends what was there at the beginning. */
const isReminder = (line: string): boolean =>
  line.startsWith('{"type":"BOOKMARK"') && !line.includes('"k8s.io/initial-events-end"');
