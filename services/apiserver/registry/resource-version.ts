import { newTimeout, StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { Storage } from '../../storage/backend.ts';
import { newUnreasonedError } from '../merge/unreasoned-error.ts';
import { goQuoted } from '../types/go-quoted.ts';

/** The query's resourceVersion: absent, 0 or a revision. Throws 500 for what is none, as upstream. */
export function resourceVersionOf(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  if (text === '') return undefined;
  const isNumber = /^\d+$/.test(text);
  if (isNumber && BigInt(text) <= MAX_UINT64) return Number(text);
  const quoted = goQuoted(text);
  const why = isNumber ? 'value out of range' : 'invalid syntax';
  throw newUnreasonedError(`resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: ${why}`);
}

const MAX_UINT64 = 2n ** 64n - 1n;

/** Throws 504 when the client has seen more than this store has. */
export function checkReached(storage: Storage, revision: number | undefined): void {
  if (revision !== undefined && revision > storage.revision()) throw newTooLarge(revision, storage.revision());
}

export function newTooLarge(asked: number, current: number): StatusError {
  const error = newTimeout(`Too large resource version: ${asked}, current: ${current}`, 1);
  const cause = { reason: 'ResourceVersionTooLarge', message: 'Too large resource version' };
  return new StatusError({ ...error.status, details: { ...error.status.details, causes: [cause] } });
}
