import { objectJson } from '../../../shared/apis/object-json.ts';
import { parseAccept } from '../registry/accept.ts';
import { endOfString } from '../registry/parse-text.ts';
import type { Middleware, RequestInfo, ServerRequest, ServerResponse } from '../request.ts';

/**
 * JSON over several lines, for people: with `?pretty=true`, `pretty=1` in the Accept header, or a client that people use by hand. Source: apiserver,
 * endpoints/handlers/negotiation, isPrettyPrint.
 */
export const prettyJson: Middleware = (context, next) =>
  isPretty(context.request) && isIndented(context.info) ? indented(next(context)) : next(context);

const HANDS = ['curl', 'Wget', 'Mozilla/5.0'];

function isPretty({ rawQuery, query, headers, userAgent = '' }: ServerRequest): boolean {
  if (headers['accept']?.includes('pretty') && asksFor(headers['accept'])) return true;
  const asked = rawQuery?.includes('pretty') ? query.get('pretty') : '';
  return asked ? GO_TRUE.includes(asked) : HANDS.some((client) => userAgent.startsWith(client));
}

/** What Go takes for true. */
const GO_TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];

const asksFor = (accept: string): boolean => parseAccept(accept)[0]?.parameters.get('pretty') === '1';

/** Objects, lists, discovery and what is said of them; other documents have one form. */
const isIndented = ({ path }: RequestInfo): boolean => /^\/(apis?(\/|$)|version\/)/.test(path);

async function indented(answer: Promise<ServerResponse>): Promise<ServerResponse> {
  const response = await answer;
  const { body, headers } = response;
  const isJson = headers?.['content-type']?.startsWith('application/json') === true;
  const text =
    body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString() : body;
  if (!isJson || typeof text !== 'string' || text === '') return response;
  if (addsTooMuch(text)) return response;
  return { ...response, body: objectJson(JSON.parse(text), 2) };
}

/** What is nested deeply becomes hundreds of times as long; nobody reads that. */
const MOST_ADDED = 16 << 20;

/** Whether line ends and indentation alone would be more than that. Of valid JSON, in one pass. */
function addsTooMuch(text: string): boolean {
  let depth = 0;
  let added = 0;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === '"') at = endOfString(text, at);
    if (mark === '{' || mark === '[') depth++;
    else if (mark === '}' || mark === ']') depth--;
    else if (mark !== ',') continue;
    added += 1 + 2 * depth;
    if (added > MOST_ADDED) return true;
  }
  return false;
}
