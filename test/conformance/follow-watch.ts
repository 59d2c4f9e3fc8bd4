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

/** The last event has this value of the label `end`; or else no event comes while this takes, which is as long as the server needs. */
export type WatchEnd = { readonly label: string } | { readonly silence: () => Promise<void> };

/** How long to wait for an event that has to come. */
const patienceMs = 60_000;

export function followWatch(send: Sender, wire: WireRequest, end: WatchEnd): FollowedWatch {
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  const lines: string[] = [];
  let timer = setTimeout(stop, patienceMs);
  const onLine = (line: string): void => {
    if (stopped.signal.aborted) return; // a chunk may have more
    if (!isReminder(line)) lines.push(line);
    clearTimeout(timer);
    if ('label' in end && line.includes(endOf(end.label))) stop();
    else timer = setTimeout(stop, patienceMs);
  };
  let onHead = (): void => {};
  const opened = new Promise<void>((resolve) => {
    onHead = resolve;
  });
  const answer = send({ ...wire, signal: stopped.signal, onLine, onHead: () => onHead() })
    .catch((error: unknown) => {
      if (!stopped.signal.aborted) throw error;
      return { status: 200, headers: {}, body: lines.join('\n') };
    })
    .finally(() => {
      clearTimeout(timer);
      onHead();
    });
  answer.catch(() => {}); // told where it is awaited
  if ('silence' in end) void opened.then(() => untilStill(() => lines.length, end.silence)).then(stop, stop);
  return { opened, answer, stop };
}

async function untilStill(count: () => number, silence: () => Promise<void>): Promise<void> {
  for (let before = -1; before < count(); ) {
    before = count();
    await silence();
  }
}

/** As a label: the bookmark after everything that was there. */
export const initialEnd = 'the end of the beginning';

const endOf = (label: string): string => (label === initialEnd ? '"k8s.io/initial-events-end"' : `"end":"${label}"`);

/** A server may send one whenever it likes, but that which ends what was there at the beginning. */
const isReminder = (line: string): boolean =>
  line.startsWith('{"type":"BOOKMARK"') && !line.includes('"k8s.io/initial-events-end"');
