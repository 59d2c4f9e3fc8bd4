import { newBadRequest } from '../../../shared/apis/meta/status-error.ts';

/** Where the next page of a list starts. Opaque to clients: base64url of JSON. */
export interface ContinueToken {
  /** The revision of the first page; 0: whatever is newest, after the first pages' revision is compacted. */
  revision: number;
  /** The last key that was given. */
  after: string;
}

export function encodeContinue({ revision, after }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: after })).toString('base64url');
}

/** Throws 400, also for a token of another list. */
export function decodeContinue(token: string, prefix: string): ContinueToken {
  if (!/^[\w-]*$/.test(token) || token.length % 4 === 1)
    throw newBadRequest('invalid continue token: continue key is not valid: illegal base64 data at input byte 0');
  try {
    const { v, rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString());
    const isWhole = v === 'meta.k8s.io/v1' && Number.isSafeInteger(rv) && rv >= 0 && typeof start === 'string';
    if (isWhole && start.startsWith(prefix)) return { revision: rv, after: start };
  } catch {}
  throw newBadRequest('invalid continue token: continue key is not valid: it was not made by this list');
}
