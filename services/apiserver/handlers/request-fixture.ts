import { isStatusError } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { Storage } from '../../storage/backend.ts';
import { newMemoryStorage } from '../../storage/memory-backend.ts';
import { followCustomResourceDefinitions } from '../custom-resource-follower.ts';
import type { AdmissionCheck, Registry } from '../registry/registry.ts';
import type { RequestContext, RequestInfo, ServerResponse } from '../request.ts';
import { newResourceHandler } from '../resource-handler.ts';
import { newCatalog } from '../types/catalog.ts';

/** For tests: the resource handler on a memory store with a clock that stands, and requests made by hand. */
export interface Fixture {
  registry: Registry;
  storage: Storage;
  /** Moves the clock and runs what is due. */
  advance(ms: number): void;
  send(call: Call): Promise<Answer>;
  open(call: Call): Promise<WatchReader>;
  stop(): void;
}

export interface Call {
  verb: string;
  /** `configmaps`, `deployments.apps`, `widgets.example.com`; a version other than the first served after a slash. */
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
  query?: Record<string, string>;
  body?: unknown;
  contentType?: string;
  accept?: string;
  user?: UserInfo;
  /** Somebody in this process asks. */
  inProcessUser?: UserInfo;
  userAgent?: string;
  signal?: AbortSignal;
}

export interface Answer {
  code: number;
  /** The decoded body: an object, a list or a Status. */
  body: Unstructured & { items?: Unstructured[]; message?: string; reason?: string; code?: number; rows?: unknown[] };
  warnings: string[];
  /** For the audit log. */
  annotations: Record<string, string>;
  headers: Record<string, string>;
  text: string;
}

export interface WatchReader {
  /** The next events, as objects; waits for the first. */
  next(count: number): Promise<{ type: string; object: Unstructured }[]>;
  /** Bytes as they come next. */
  piece(): Promise<Uint8Array>;
  /** True when the stream is over. */
  isOver(): Promise<boolean>;
  close(): Promise<void>;
}

export const START_MS = Date.parse('2026-03-01T12:00:00Z');

export interface FixtureOptions {
  admission?: AdmissionCheck[];
  /** In place of the store's. */
  put?: Storage['put'];
  /** Called before each delete in the store, which fails if it throws. */
  beforeDelete?: (key: string) => void;
}

export function newFixture({ admission = [], put, beforeDelete = () => {} }: FixtureOptions = {}): Fixture {
  const memory = newMemoryStorage();
  const remove: Storage['delete'] = async (...write) => {
    beforeDelete(write[0]);
    return memory.delete(...write);
  };
  const storage = { ...memory, delete: remove, ...(put ? { put } : {}) };
  const catalog = newCatalog();
  const { clock, advance } = newManualClock();
  const log = { warn: () => {} };
  const authorize: Registry['authorize'] = () => ({ allowed: true, reason: '' });
  const registry: Registry = { storage, catalog, clock, admission, authorize, checkEscalation: () => {}, log };
  const handle = newResourceHandler(registry);
  const stop = followCustomResourceDefinitions(registry, catalog);
  return {
    registry,
    storage,
    advance,
    stop,
    async send(call) {
      const context = contextOf(registry, call);
      try {
        return answerOf(await handle(context), context);
      } catch (error) {
        if (!isStatusError(error)) throw error;
        return answerOf({ status: error.code, body: JSON.stringify(error.status) }, { ...context, warnings: [] });
      }
    },
    async open(call) {
      const response = await handle(contextOf(registry, call));
      if (typeof response.body !== 'object' || !(Symbol.asyncIterator in response.body))
        throw new Error('not a stream');
      return readerOf(response.body);
    },
  };
}

function newManualClock() {
  let nowMs = START_MS;
  const timers = new Map<object, { atMs: number; task: () => void }>();
  const clock = {
    now: () => nowMs,
    setTimeout(task: () => void, delayMs: number) {
      const id = {};
      timers.set(id, { atMs: nowMs + delayMs, task });
      return () => void timers.delete(id);
    },
  };
  const advance = (ms: number) => {
    nowMs += ms;
    for (const [id, { atMs, task }] of [...timers]) if (atMs <= nowMs && timers.delete(id)) task();
  };
  return { clock, advance };
}

const ADMIN: UserInfo = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };

/** Of those verbs that depend on it. */
const METHODS: Readonly<Record<string, string>> = { get: 'GET', list: 'GET', watch: 'GET' };

function contextOf({ catalog }: Registry, call: Call): RequestContext {
  const { verb, namespace = '', name = '', subresource = '' } = call;
  const [groupResource = '', asked] = call.resource.split('/');
  const [resource = '', ...groupParts] = groupResource.split('.');
  const group = groupParts.join('.');
  const served = catalog.list().find((one) => one.group === group && one.plural === resource);
  const version = asked ?? served?.version ?? 'v1';
  const info: RequestInfo = {
    isResource: true,
    verb,
    path: `/${group === '' ? 'api' : `apis/${group}`}/${version}/${namespace === '' ? '' : `namespaces/${namespace}/`}${resource}`,
    group,
    version,
    namespace,
    resource,
    subresource,
    name,
  };
  const bytes = bodyOf(call.body);
  const signal = call.signal ?? new AbortController().signal;
  return {
    request: {
      method: METHODS[verb] ?? 'POST',
      path: '',
      query: new URLSearchParams(verb === 'watch' ? { watch: 'true', ...call.query } : call.query),
      headers: { 'content-type': call.contentType, accept: call.accept },
      body: async () => bytes,
      userAgent: call.userAgent ?? 'tester/1.0',
      ...(call.inProcessUser ? { inProcessUser: call.inProcessUser } : {}),
      signal,
    },
    info,
    signal: () => signal,
    user: call.user ?? ADMIN,
    audit: {},
    warnings: [],
  };
}

function bodyOf(body: unknown): Uint8Array {
  if (body === undefined) return new Uint8Array();
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function answerOf(response: ServerResponse, { warnings, audit }: RequestContext): Answer {
  const { body } = response;
  if (typeof body === 'object' && Symbol.asyncIterator in body) throw new Error('a stream');
  const text = typeof body === 'string' ? body : Buffer.from(body ?? []).toString();
  const isJson = text.startsWith('{');
  return {
    code: response.status,
    body: isJson ? JSON.parse(text) : {},
    text,
    warnings: [...warnings],
    annotations: Object.fromEntries(audit?.annotations ?? []),
    headers: response.headers ?? {},
  };
}

function readerOf(stream: AsyncIterable<Uint8Array>): WatchReader {
  const iterator = stream[Symbol.asyncIterator]();
  const lines: string[] = [];
  return {
    piece: async () => (await iterator.next()).value,
    async next(count) {
      const events = [];
      while (events.length < count) {
        if (lines.length === 0) {
          const { value, done } = await iterator.next();
          if (done) break;
          lines.push(...Buffer.from(value).toString().trimEnd().split('\n'));
        }
        events.push(JSON.parse(lines.shift() ?? ''));
      }
      return events;
    },
    isOver: async () => (await iterator.next()).done ?? false,
    async close() {
      await iterator.return?.();
    },
  };
}
