import { posix } from 'node:path';
import { newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { firstMistypedField } from '../types/mistyped-fields.ts';
import { jsonErrorText } from './json-error.ts';

/** Where the next page of a list starts. Opaque to clients; as upstream's, so that mistakes in it are told alike. Source: apiserver, storage/continue.go. */
export interface ContinueToken {
  /** The revision of the first page; -1: whatever is newest, after the first pages' revision is compacted. */
  revision: number;
  /** The last key that was given. */
  after: string;
}

const VERSION = 'meta.k8s.io/v1';

export function encodeContinue({ revision, after }: ContinueToken, prefix: string): string {
  const token = { v: VERSION, rv: revision, start: `${after.slice(prefix.length)}\0` };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/** Throws 400. */
export function decodeContinue(text: string, prefix: string): ContinueToken {
  const { v = '', rv = 0, start = '' } = parsed(text);
  if (v !== VERSION) throw newInvalidToken(`server does not recognize this encoded version ${v}`);
  if (rv === 0) throw newInvalidToken(`incorrect encoded start resourceVersion (version ${VERSION})`);
  if (start === '') throw newInvalidToken(`encoded start key empty (version ${VERSION})`);
  const key = start.startsWith('/') ? start : `/${start}`;
  if (posix.normalize(key) !== key) throw newInvalidToken(start);
  return { revision: rv, after: `${prefix}${exclusive(key.slice(1))}` };
}

interface Encoded {
  v?: string;
  rv?: number;
  start?: string;
}

function parsed(text: string): Encoded {
  const illegal = illegalBase64(text);
  if (illegal >= 0) throw newInvalidToken(`illegal base64 data at input byte ${illegal}`);
  const token = fromJson(Buffer.from(text, 'base64url'));
  const mistyped = firstMistypedField(token, TOKEN, (schema) => schema, 'continueToken');
  if (mistyped)
    throw newInvalidToken(mistyped.replace(/into Go value of type .*/, 'into Go value of type storage.continueToken'));
  return token;
}

function fromJson(json: Buffer): Encoded {
  try {
    return JSON.parse(json.toString()) ?? {};
  } catch (error) {
    throw newInvalidToken(jsonErrorText(error, json));
  }
}

const TOKEN: Schema = {
  type: 'object',
  properties: { v: { type: 'string' }, rv: { type: 'integer' }, start: { type: 'string' } },
};

/** Where a text stops being base64url without padding; -1: nowhere. */
function illegalBase64(text: string): number {
  const at = text.search(/[^\w-]/);
  if (at >= 0) return at;
  return text.length % 4 === 1 ? text.length - 1 : -1;
}

/** The first key of a page as the last before it. */
function exclusive(start: string): string {
  if (start.endsWith('\0')) return start.slice(0, -1);
  const last = start.charCodeAt(start.length - 1) - 1;
  return `${start.slice(0, -1)}${String.fromCharCode(Math.max(last, 0))}\u{10ffff}`;
}

const newInvalidToken = (why: string) => newBadRequest(`invalid continue token: continue key is not valid: ${why}`);
