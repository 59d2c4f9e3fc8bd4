import { parseAnswer } from './api-answer.ts';
import { withDeadline } from './deadline.ts';
import { readText } from './json-lines.ts';
import type { KubeClientOptions } from './kube-client-options.ts';
import { statusErrorOf } from './response-error.ts';
import { systemTimers, type Timers } from './timers.ts';
import type { TransportRequest, TransportResponse } from './transport.ts';

/** Sends requests: waits and tries again when the server says Retry-After, and throws a StatusError for an error answer. */
export interface Sender {
  answer(request: TransportRequest): Promise<Answer>;
  text(request: TransportRequest): Promise<string>;
  json<T>(request: TransportRequest): Promise<T>;
  /** No deadline; the body as it comes. */
  stream(request: TransportRequest): Promise<Pick<TransportResponse, 'body' | 'valuesIn'>>;
}

/** A whole answer that is no error. */
export interface Answer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  text: string;
}

const MAX_RETRIES = 5;
/** Whoever is told to wait longer hears of it and decides for himself. */
const MAX_RETRY_AFTER_SECONDS = 30;
const REQUEST_TIMEOUT_MS = 70_000;
/** Of the time that a server asks for: who was sent away together does not come back together. */
const SPREAD = 0.5;

export function newSender(options: KubeClientOptions): Sender {
  const timers = options.clock ?? systemTimers;
  const timeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const send = (request: TransportRequest) => sendWithRetries(options, timers, request);
  const answer = (request: TransportRequest): Promise<Answer> => {
    const what = (): string => `${request.method} ${pathWithoutQuery(request)}`;
    const outer = request.signal ?? (options.signal?.aborted ? undefined : options.signal);
    return withDeadline(timers, { signal: outer, timeoutMs, what }, async (signal) => {
      const response = await send({ ...request, signal });
      return { status: response.status, headers: response.headers, text: await readAll(response) };
    });
  };
  const text = async (request: TransportRequest): Promise<string> => (await answer(request)).text;
  return {
    answer,
    text,
    json: async (request) => parseAnswer(await text(request), `${request.method} ${pathWithoutQuery(request)}`),
    stream: send,
  };
}

async function sendWithRetries(
  options: KubeClientOptions,
  timers: Timers,
  request: TransportRequest,
): Promise<TransportResponse> {
  const { random = Math.random } = options;
  const headers = {
    accept: 'application/json',
    ...(options.userAgent ? { 'user-agent': options.userAgent } : {}),
    ...request.headers,
  };
  for (let retries = 0; ; retries++) {
    const response = await options.transport.request({ ...request, headers });
    tellWarnings(response, options.onWarning);
    if (response.status < 400) return response;
    const body = await readAll(response);
    const waitSeconds = retryAfterOf(response);
    const isWorthIt = waitSeconds !== undefined && waitSeconds <= MAX_RETRY_AFTER_SECONDS && retries < MAX_RETRIES;
    if (!isWorthIt) throw statusErrorOf(response.status, body, waitSeconds);
    await sleep(timers, waitSeconds * 1000 * (1 + SPREAD * random()), request.signal);
  }
}

function readAll(response: TransportResponse): Promise<string> {
  return response.text ? response.text() : readText(response.body);
}

/** Seconds; undefined where a retry was not asked for. */
function retryAfterOf(response: TransportResponse): number | undefined {
  if (response.status !== 429 && response.status !== 503) return undefined;
  const seconds = Number.parseInt(response.headers['retry-after'] ?? '', 10);
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

function sleep(timers: Timers, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = timers.setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** `Warning: 299 - "text"`, perhaps several. */
function tellWarnings(response: TransportResponse, onWarning: ((text: string) => void) | undefined): void {
  const header = response.headers['warning'];
  if (!header || !onWarning) return;
  for (const [, text] of header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g))
    onWarning((text ?? '').replace(/\\(.)/g, '$1'));
}

function pathWithoutQuery(request: TransportRequest): string {
  return request.path.split('?')[0] ?? request.path;
}
