import { createHash } from 'node:crypto';
import type { ServerRequest, ServerResponse } from '../request.ts';

/** A document that seldom changes, with the hash that stands for it. */
export interface HashedDocument {
  body: string;
  /** Upper-case hex, as upstream writes it. */
  hash: string;
}

export function newHashedDocument(value: unknown): HashedDocument {
  const body = JSON.stringify(value);
  return { body, hash: createHash('sha512').update(body).digest('hex').toUpperCase() };
}

/** 304 when the client has it already, 412 when it wants another. */
export function answerDocument(
  request: ServerRequest,
  document: { body: string | Uint8Array; hash: string },
  headers: Record<string, string>,
): ServerResponse {
  const etag = `"${document.hash}"`;
  const all = { ...headers, etag };
  const wanted = listOf(request.headers['if-match']);
  if (wanted && !wanted.includes(etag) && !wanted.includes('*')) return { status: 412, headers: all };
  const known = listOf(request.headers['if-none-match'])?.map((one) => one.replace(/^W\//, '')) ?? [];
  if (known.includes(etag) || known.includes('*')) return { status: 304, headers: { ...all, 'content-type': '' } };
  return { status: 200, headers: all, body: document.body };
}

const listOf = (header: string | undefined): string[] | undefined => header?.split(',').map((one) => one.trim());
