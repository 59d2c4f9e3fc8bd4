import type { ServerResponse } from '../request.ts';

/** Answers in words, as Go's http.Error gives them. */
export function plainText(status: number, body: string): ServerResponse {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return { status, headers, body };
}

/** For a path that is no resource's and that nobody serves. */
export const pageNotFound: ServerResponse = plainText(404, '404 page not found\n');
