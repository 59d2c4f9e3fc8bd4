/**
 * One request of a sequence, the same for both servers: what depends on a server's own earlier answers (uids, resourceVersions, continue
 * tokens, the live object of an update) is written as a reference and filled in for each server.
 */

import { mergePatch } from '../../services/apiserver/merge/merge-patch.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { WireAnswer, WireRequest } from './send.ts';

export interface Step {
  method: string;
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string | string[]>;
  contentType?: string;
  accept?: string;
  /** Impersonated user and groups. */
  as?: { user: string; groups?: string[] };
  /** Sent as JSON. In every text `<<uid NAME>>`, `<<rv NAME>>`, `<<firstRv NAME>>` are of the object last seen under that key; `<<continue>>` is the last token. */
  body?: unknown;
  /** Sent as it is, references filled in. */
  raw?: string;
  /** For PUT: the object last seen under a key, or else another, with a merge patch laid over it. */
  live?: { key: string; patch?: unknown; otherwise?: unknown };
  /** Events are read until the server is silent for a moment. */
  isWatch?: boolean;
  /** Of a watch: the last event to read is of the object whose label `end` has this value. */
  endsAt?: string;
  /** The watch begins here, and ends as if `endsAt` had the same value; the step that closes it, under the same name, has its events. */
  opens?: string;
  closes?: string;
  /** What to wait for after the answer, where a server does something on its own. */
  settles?: 'rights' | 'definition';
  /** Sent when all that follows from the requests before it has happened: dependents are collected. */
  settledBefore?: boolean;
  /** Only the status of the answer is compared. */
  opaque?: boolean;
  /** Sent without the administrator's certificate: as nobody, or with the last token that was asked for. */
  bare?: 'anonymous' | 'token';
  /** Sent when upstream's cache has seen the writes before it: an update that begins with an older object begins again, and warns of both. */
  isWarned?: boolean;
  /** Of an object that a server also writes on its own, now or a moment later: its resourceVersion says nothing. */
  isRewritten?: boolean;
  /** For what follows; its answer holds what no two servers have in common. */
  isUncompared?: boolean;
  /** Without it the rest says nothing: it is never left out when a difference is cut down. */
  isNeeded?: boolean;
  /** Asks again until it is answered with this code, in a body with this text if there is one, and without another: for what a server does on its own. */
  until?: { status: number; text?: string; lacks?: string };
}

/** What one server has answered so far. */
export interface Memory {
  remember(answer: WireAnswer): void;
  fill(text: string): string;
  latest(key: string): Unstructured | undefined;
}

/** What is asked of an object that was not seen is of the sequence's own namespace: old history is forgotten on a slow machine. Objects are remembered as `Kind/name`, without the namespace that names of cluster-scoped ones begin with. `<<namespace>>` is the sequence's own. */
export function newMemory(namespace: string): Memory {
  const latest = new Map<string, Unstructured>();
  const first = new Map<string, string>();
  let start = '';
  let token = '';
  let bearer = '';
  const known: Record<string, (key: string) => string | undefined> = {
    uid: (key) => latest.get(key)?.metadata.uid,
    rv: (key) => latest.get(key)?.metadata.resourceVersion,
    firstRv: (key) => first.get(key),
    name: (key) => latest.get(key)?.metadata.name,
    continue: () => token,
    token: () => bearer,
    namespace: () => namespace,
    start: () => start,
  };
  return {
    latest: (key) => latest.get(key),
    fill: (text) =>
      text.replace(
        /<<(\w+) ?([^>]*)>>/g,
        (_, what: string, key: string) => known[what]?.(key) ?? (what === 'uid' ? 'unknown' : start || '1'),
      ),
    remember: ({ body, status }) => {
      if (status >= 300 || !body.startsWith('{')) return;
      const object = parse(body);
      if (!object) return;
      const next = (object.metadata as Record<string, unknown> | undefined)?.['continue'];
      if (typeof next === 'string') token = next;
      if (object.kind === 'TokenRequest') bearer = (object as unknown as TokenAnswer).status.token;
      const { name, resourceVersion } = object.metadata ?? {};
      if (!name || !resourceVersion) return;
      if (object.kind === 'Namespace') start ||= resourceVersion;
      const key = `${object.kind}/${object.metadata.generateName ? 'generated' : name.replace(`${namespace}-`, '')}`;
      latest.set(key, object);
      if (!first.has(key)) first.set(key, resourceVersion);
    },
  };
}

interface TokenAnswer {
  status: { token: string };
}

function parse(body: string): Unstructured | undefined {
  try {
    return JSON.parse(body) as Unstructured;
  } catch {
    return undefined; // several lines of a watch
  }
}

export function toWire(step: Step, memory: Memory): WireRequest {
  const { method, contentType, accept, as, bare } = step;
  const body = bodyOf(step, memory);
  const headers = {
    'user-agent': 'conformance/1',
    ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
    accept: accept ?? 'application/json',
    ...(as
      ? { 'impersonate-user': memory.fill(as.user), ...(as.groups ? { 'impersonate-group': as.groups } : {}) }
      : {}),
    ...(bare === 'token' ? { authorization: `Bearer ${memory.fill('<<token>>')}` } : {}),
    ...filled(step.headers ?? {}, memory),
  };
  return {
    method,
    path: memory.fill(step.path) + query(step, memory),
    headers,
    ...(body === undefined ? {} : { body }),
  };
}

function filled(headers: NonNullable<Step['headers']>, { fill }: Memory): NonNullable<Step['headers']> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.map(fill) : fill(value)]),
  );
}

function query({ query: given = {} }: Step, memory: Memory): string {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(set.map(([name, value]): [string, string] => [name, memory.fill(String(value))]));
  return set.length === 0 ? '' : `?${search}`;
}

function bodyOf({ body, raw, live }: Step, memory: Memory): string | undefined {
  if (raw !== undefined) return memory.fill(raw);
  if (live) {
    const object = memory.latest(live.key) ?? (JSON.parse(memory.fill(JSON.stringify(live.otherwise ?? {}))) as object);
    const patch = live.patch === undefined ? {} : (JSON.parse(memory.fill(JSON.stringify(live.patch))) as object);
    return JSON.stringify(mergePatch(object as Unstructured, patch));
  }
  return body === undefined ? undefined : memory.fill(JSON.stringify(body));
}

/** The step in one line, for messages. */
export function describeStep(step: Step): string {
  const { method, path, query: given, contentType, as, ...rest } = step;
  const search = given
    ? `?${new URLSearchParams(Object.entries(given).map(([key, value]): [string, string] => [key, String(value)]))}`
    : '';
  const notes = [contentType, as && `as ${as.user}`].filter(Boolean).join(' ');
  return `${method} ${path}${decodeURIComponent(search)} ${notes} ${JSON.stringify(rest)}`;
}
