import { newTooManyRequests } from '../../../shared/apis/meta/status-error.ts';
import { GROUP_MASTERS } from '../../../shared/apis/user-info.ts';
import type { Holding, Middleware, RequestContext, ServerResponse } from '../request.ts';
import { refusal } from './error-response.ts';
import type { Share } from './in-flight.ts';
import { isStream } from './stream-end.ts';

const UNREAD: Share = { ofUser: 64 << 20, total: 512 << 20 };
/** Most answers are smaller, and gone at once. */
const COUNTED_BYTES = 4096;
/** Of what was written the answer is told in any case. */
const READING = ['get', 'list', 'watch'];

/**
 * 429 for who leaves more answers unread than their share, so that nobody fills the hub's memory with what is never taken: whole answers, and what a watch has yet to
 * tell of what was there. One answer of any size has room, where there is room for others at all. `system:masters` is not counted, nor is what is refused.
 */
export interface UnreadLimit {
  /** Above what gives an answer its last form, which may be hundreds of times as long. */
  formed: Middleware;
  /** Below what takes its time for that: of what waits for it there may be as much again, as long as it is here. */
  unformed: Middleware;
}

export function newUnreadLimit(share: Share = UNREAD): UnreadLimit {
  const [unread, waiting] = [newRoom(share), newRoom(share)];
  const waitingBytes = new WeakMap<RequestContext, number>();
  const unformed: Middleware = async (context, next) => {
    const response = await next(context);
    const bytes = isStream(response) ? undefined : countedOf(context, response)?.bytes;
    if (bytes === undefined) return response;
    if (!waiting.take(context, bytes)) return newRefusal();
    waitingBytes.set(context, bytes);
    return response;
  };
  const formed: Middleware = async (context, next) => {
    const response = await next(context).finally(() => {
      waiting.add(context.user.name, -(waitingBytes.get(context) ?? 0));
    });
    const holding = countedOf(context, response);
    if (!holding) return response;
    const { bytes } = holding;
    if (!unread.take(context, bytes)) {
      if (isStream(response)) await response.body[Symbol.asyncIterator]().return?.();
      return newRefusal();
    }
    const { signal } = context.request; // of whom nobody hands the answer to
    const release = (): void => {
      if (holding.release) unread.add(context.user.name, -bytes);
      delete holding.release;
      signal.removeEventListener('abort', release);
    };
    holding.release = release;
    signal.addEventListener('abort', release, { once: true });
    if (signal.aborted) release();
    return { ...response, holding };
  };
  return { formed, unformed };
}

const newRefusal = (): ServerResponse =>
  refusal(newTooManyRequests('Too many answers have not been read, please try again later.', 1));

/** Whose bytes there are how many of. */
function newRoom(share: Share) {
  const ofUser = new Map<string, number>();
  let total = 0;
  const add = (user: string, bytes: number): void => {
    total += bytes;
    const own = (ofUser.get(user) ?? 0) + bytes;
    if (own === 0) ofUser.delete(user);
    else ofUser.set(user, own);
  };
  return {
    add,
    /** False: there is none, for what was only asked for. */
    take({ user: { name }, info }: RequestContext, bytes: number): boolean {
      const own = ofUser.get(name) ?? 0;
      const hasRoom = (own === 0 || own + bytes <= share.ofUser) && (total === 0 || total + bytes <= share.total);
      if (!hasRoom && READING.includes(info.verb)) return false;
      add(name, bytes);
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
