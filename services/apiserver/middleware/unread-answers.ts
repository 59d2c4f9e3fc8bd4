import { newTooManyRequests } from '../../../shared/apis/meta/status-error.ts';
import { GROUP_MASTERS } from '../../../shared/apis/user-info.ts';
import type { Holding, Middleware, RequestContext, ServerResponse } from '../request.ts';
import { refusal } from './error-response.ts';
import type { Share } from './in-flight.ts';
import { isStream } from './stream-end.ts';

const UNREAD: Share = { ofUser: 64 << 20, total: 512 << 20 };
/** Most answers are smaller, and gone at once. */
const COUNTED_BYTES = 4096;
/** An answer that has been on its way for so long may be given up for others. */
const PATIENCE_MS = 10_000;
/** Of what was written the answer is told in any case. */
const READING = ['get', 'list', 'watch'];

/**
 * 429 for who leaves more answers unread than their share, so that nobody fills the hub's memory with what is never taken: whole answers, and what a watch has yet to
 * tell of what was there. One answer of any size has room, where there is room for others at all. Where there is
 * none, who has more than the asker would have loses what has been unread for long, the oldest first: a few who read nothing must not keep all others from reading. `system:masters` is not counted, nor is what is refused.
 */
export interface UnreadLimit {
  /** Above what gives an answer its last form, which may be hundreds of times as long. */
  formed: Middleware;
  /** Below what takes its time for that: of what waits for it there may be as much again, as long as it is here. */
  unformed: Middleware;
}

export function newUnreadLimit(share: Share = UNREAD, monotonic = () => performance.now()): UnreadLimit {
  const [unread, waiting] = [newRoom(share), newRoom(share)];
  /** The oldest first. */
  const underWay = new Set<Answer>();
  const waitingBytes = new WeakMap<RequestContext, number>();
  const unformed: Middleware = async (context, next) => {
    const response = await next(context);
    const bytes = isStream(response) ? undefined : countedOf(context, response)?.bytes;
    if (bytes === undefined) return response;
    if (!waiting.take(context, bytes)) return newRefusal();
    waitingBytes.set(context, bytes);
    return response;
  };
  const giveUpOld = ({ user }: RequestContext, bytes: number): void => {
    const wanted = unread.of(user.name) + bytes;
    for (const { holder, sinceMs, holding } of underWay) {
      if (unread.isFor(bytes) || monotonic() - sinceMs < PATIENCE_MS) return;
      if (!holding.giveUp || unread.of(holder) <= wanted) continue;
      holding.giveUp();
      holding.release?.();
    }
  };
  const formed: Middleware = async (context, next) => {
    const response = await next(context).finally(() => {
      waiting.add(context.user.name, -(waitingBytes.get(context) ?? 0));
    });
    const holding = countedOf(context, response);
    if (!holding) return response;
    const { bytes } = holding;
    if (!unread.take(context, bytes, giveUpOld)) {
      if (isStream(response)) await response.body[Symbol.asyncIterator]().return?.();
      return newRefusal();
    }
    const answer = { holder: context.user.name, sinceMs: monotonic(), holding };
    underWay.add(answer);
    const { signal } = context.request; // of whom nobody hands the answer to
    const release = (): void => {
      if (holding.release) unread.add(context.user.name, -bytes);
      delete holding.release;
      underWay.delete(answer);
      signal.removeEventListener('abort', release);
    };
    holding.release = release;
    signal.addEventListener('abort', release, { once: true });
    if (signal.aborted) release();
    return { ...response, holding };
  };
  return { formed, unformed };
}

interface Answer {
  holder: string;
  sinceMs: number;
  holding: Holding;
}

const newRefusal = (): ServerResponse =>
  refusal(newTooManyRequests('Too many answers have not been read, please try again later.', 1));

/** Whose bytes there are how many of. */
function newRoom(share: Share) {
  const ofUser = new Map<string, number>();
  let total = 0;
  const of = (user: string): number => ofUser.get(user) ?? 0;
  const add = (user: string, bytes: number): void => {
    total += bytes;
    const own = of(user) + bytes;
    if (own === 0) ofUser.delete(user);
    else ofUser.set(user, own);
  };
  /** Of all together. */
  const isFor = (bytes: number): boolean => total === 0 || total + bytes <= share.total;
  return {
    add,
    of,
    isFor,
    /** False: there is none, for what was only asked for. `make` may make some. */
    take(
      context: RequestContext,
      bytes: number,
      make: (context: RequestContext, bytes: number) => void = () => {},
    ): boolean {
      const { user, info } = context;
      const own = of(user.name);
      const isWithinShare = own === 0 || own + bytes <= share.ofUser;
      if (READING.includes(info.verb)) {
        if (isWithinShare && !isFor(bytes)) make(context, bytes);
        if (!isWithinShare || !isFor(bytes)) return false;
      }
      add(user.name, bytes);
      return true;
    },
  };
}

/** Absent: nothing is held, or nothing that counts. */
function countedOf({ user: { groups } }: RequestContext, response: ServerResponse): Holding | undefined {
  const holding = holdingOf(response);
  return !holding || holding.bytes < COUNTED_BYTES || groups.includes(GROUP_MASTERS) ? undefined : holding;
}

/** Absent: nothing is held. */
function holdingOf(response: ServerResponse): Holding | undefined {
  const { status, body, holding } = response;
  if (holding || isStream(response)) return holding;
  return body === undefined || status >= 400 ? undefined : { bytes: (body as Uint8Array | string).length };
}
