import { gunzipSync } from 'node:zlib';
import { Counter, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { newRequest, newTestServer } from '../server-fixture.ts';

const admin = { name: 'admin', groups: ['system:masters'] };

test.each([
  ['gzip', 'gzip'],
  ['deflate, gzip;q=0.5', 'gzip'],
  ['*', undefined],
  ['gzip;q=0', undefined],
  ['gzip;q=0.5, identity', undefined],
  ['br', undefined],
  [undefined, undefined],
])('metrics for who takes %s come in %s', async (accepted, expected) => {
  const metrics = new Registry();
  new Counter({ name: 'sold_total', help: 'What was sold.', registers: [metrics] }).inc(3);
  const { server } = await newTestServer({ metrics });
  const headers = accepted === undefined ? {} : { 'accept-encoding': accepted };
  const { headers: answered, body } = await server.handle(
    newRequest('GET', '/metrics', { inProcessUser: admin, headers }),
  );
  expect(answered?.['content-encoding']).toBe(expected);
  const text = expected === undefined ? body : gunzipSync(body as Uint8Array).toString();
  expect(text).toContain('\nsold_total 3\n');
});
