import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FakeClock, newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { newControlApp } from './control-app.ts';
import type { ControlDeps } from './control-deps.ts';

/** For tests: the API over a fake Kubernetes, on a free port of 127.0.0.1 without TLS. Whoever has the token `good` is somebody. */
export interface TestControl {
  kube: FakeKube;
  clock: FakeClock;
  /** What was logged, as JSON. */
  log: string[];
  ask(method: string, path: string, more?: Ask): Promise<TestAnswer>;
  /** Of `/metrics`, as the holder of a token. */
  askMetrics(token?: string): Promise<TestAnswer>;
  stop(): Promise<void>;
}

export interface Ask {
  /** Sent as JSON; a text as it is. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Instead of `good`; '' for none. */
  token?: string;
}

export interface TestAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** Empty where the answer is not JSON. */
  json: TestJson;
}

/** What answers may hold, as tests look at it; which of it is there is what they test. */
export interface TestJson {
  [field: string]: unknown;
  detail: string;
  errors: { field: string; detail: string }[];
  items: Record<string, unknown>[];
  keys: { key: string; state: string; expiresAt: string }[];
  paths: Record<string, Record<string, { operationId: string }>>;
  components: { schemas: Record<string, unknown> };
}

export async function startTestControl(overrides: Partial<ControlDeps> = {}): Promise<TestControl> {
  const kube = newFakeKube();
  const clock = newFakeClock();
  const log: string[] = [];
  const app = newControlApp({
    clientFor: ({ bearerToken }) => (bearerToken === 'good' ? kube.client : undefined),
    acceptedCredentials: 'a bearer token',
    endpoint: () => ({ server: 'https://hub.example.com:6443', caPem: '' }),
    checkHealth: async () => undefined,
    clock,
    log: newRecorder(log),
    ...overrides,
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    kube,
    clock,
    log,
    ask: (method, path, more) => ask(`http://127.0.0.1:${port}/api/v1${path}`, method, more ?? {}),
    askMetrics: (token = 'good') => ask(`http://127.0.0.1:${port}/metrics`, 'GET', { token }),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function ask(url: string, method: string, { body, headers = {}, token = 'good' }: Ask): Promise<TestAnswer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson && text !== '' ? JSON.parse(text) : {},
  };
}

function newRecorder(lines: string[]): Logger {
  const write = (fields: object, message: string): void => {
    const texts = Object.values(fields).map((value) =>
      value instanceof Error ? value.message : JSON.stringify(value),
    );
    lines.push([message, ...texts].join(' '));
  };
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  return logger;
}
