import { newTooManyRequests } from '../../../shared/apis/meta/status-error.ts';
import { GROUP_MASTERS } from '../../../shared/apis/user-info.ts';
import type { Holding, Middleware, ServerResponse } from '../request.ts';
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
 * tell of what was there. One answer of any size has room, where there is room for others at all. `system:masters` is not counted, nor is what is refused. Above what gives
 * an answer its last form, which may be hundreds of times as long.
 */
export function newUnreadLimit(share: Share = UNREAD): Middleware {
  const ofUser = new Map<string, number>();
  let total = 0;
  const add = (user: string, bytes: number): void => {
    total += bytes;
    const own = (ofUser.get(user) ?? 0) + bytes;
    if (own === 0) ofUser.delete(user);
    else ofUser.set(user, own);
  };
  return async (context, next) => {
    const response = await next(context);
    const { name, groups } = context.user;
    const holding = holdingOf(response);
    if (!holding || holding.bytes < COUNTED_BYTES || groups.includes(GROUP_MASTERS)) return response;
    const { bytes } = holding;
    const own = ofUser.get(name) ?? 0;
    const hasRoom = (own === 0 || own + bytes <= share.ofUser) && (total === 0 || total + bytes <= share.total);
    if (!hasRoom && READING.includes(context.info.verb)) {
      if (isStream(response)) await response.body[Symbol.asyncIterator]().return?.();
      return refusal(newTooManyRequests('Too many answers have not been read, please try again later.', 1));
    }
    add(name, bytes);
    const { signal } = context.request; // of whom nobody hands the answer to
    const release = (): void => {
      if (holding.release) add(name, -bytes);
      delete holding.release;
      signal.removeEventListener('abort', release);
    };
    holding.release = release;
    signal.addEventListener('abort', release, { once: true });
    if (signal.aborted) release();
    return { ...response, holding };
  };
}

/** Absent: nothing is held. */
function holdingOf(response: ServerResponse): Holding | undefined {
  const { status, body, holding } = response;
  if (holding || isStream(response)) return holding;
  return body === undefined || status >= 400 ? undefined : { bytes: (body as Uint8Array | string).length };
}
