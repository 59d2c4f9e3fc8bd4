import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Middleware, RequestInfo, ServerRequest, ServerResponse } from '../request.ts';

/**
 * Large answers in gzip for who takes it, as most clients written in Go do. Source: apiserver, endpoints/handlers/responsewriters, from which the size, the
 * level and the reading of the header are; watches are not compressed.
 */
export const compression: Middleware = (context, next) =>
  takesGzip(context.request) && isCompressed(context.info) ? compressed(next(context)) : next(context);

/** By the letter: upstream knows no qualities here. */
function takesGzip({ headers }: ServerRequest): boolean {
  const accepted = headers['accept-encoding'];
  return accepted?.includes('gzip') === true && accepted.split(',').some((one) => one.trim() === 'gzip');
}

const isCompressed = ({ path }: RequestInfo): boolean => /^\/apis?(\/|$)/.test(path) || path === '/openapi/v2';

const isOther = (name: string): boolean => name !== '' && name !== 'Accept-Encoding';

const THRESHOLD_BYTES = 128 << 10;
const LEVEL = 1;
const compress = promisify(gzip);

async function compressed(answer: Promise<ServerResponse>): Promise<ServerResponse> {
  const response = await answer;
  const { body } = response;
  const isLarge = (typeof body === 'string' || body instanceof Uint8Array) && Buffer.byteLength(body) > THRESHOLD_BYTES;
  if (!isLarge || response.headers?.['content-encoding'] !== undefined) return response;
  const { vary = '' } = response.headers ?? {};
  const headers = {
    ...response.headers,
    'content-encoding': 'gzip',
    vary: ['Accept-Encoding', ...vary.split('\n').filter(isOther)].join('\n'),
  };
  return { ...response, headers, body: await compress(body, { level: LEVEL }) };
}
