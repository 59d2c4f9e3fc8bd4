import { afterEach, expect, test } from 'vitest';
import { startTestControl, type TestControl } from './control-fixture.ts';
import type { RequestMetrics } from './metrics.ts';

type Observed = Parameters<RequestMetrics['observe']>[0];

const observed: string[] = [];
const metrics: RequestMetrics = {
  observe: ({ method, route, code }: Observed) => void observed.push(`${method} ${route} ${code}`),
  read: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: observed.join('\n') }),
};

const running: TestControl[] = [];
afterEach(async () => {
  for (const control of running.splice(0)) await control.stop();
  observed.length = 0;
});

/** The reader of metrics may read them, or not. */
async function start(mayRead: boolean): Promise<TestControl> {
  const control = await startTestControl({ metrics, limits: { requestsPerSecond: 1, burst: 3 } });
  running.push(control);
  const { client } = control.kube;
  const create = client.create.bind(client);
  client.create = (async (type: { resource: string }, object: object, options?: object) =>
    type.resource === 'selfsubjectaccessreviews'
      ? { ...object, status: { allowed: mayRead } }
      : create(type as never, object as never, options as never)) as never;
  return control;
}

test('requests are counted by route and answer, and never by what a caller makes up', async () => {
  const { ask, askMetrics, clock } = await start(true);
  const paths = ['/clusters', '/clusters/made-up', '/nowhere/made-up', '/clusters'];
  for (const path of paths) await ask('GET', path);
  await clock.advance(10_000);
  const { status, text, headers } = await askMetrics();
  expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  expect(text.split('\n')).toEqual([
    'GET /api/v1/clusters 200',
    'GET /api/v1/clusters/{name} 404',
    'GET none 404',
    'GET /api/v1/clusters 200',
  ]);
  expect(text).not.toContain('made-up');
});

test('who asks too often is counted', async () => {
  const { ask, askMetrics, clock } = await start(true);
  for (let i = 0; i < 4; i++) await ask('GET', '/clusters');
  await clock.advance(10_000);
  expect((await askMetrics()).text).toContain('GET /api/v1/clusters 429');
});

test('the metrics are for who may read those of the hub', async () => {
  const { askMetrics } = await start(false);
  const { status, json } = await askMetrics();
  expect([status, json.title]).toEqual([403, 'Not allowed']);
  expect((await askMetrics('')).status).toBe(401);
});
