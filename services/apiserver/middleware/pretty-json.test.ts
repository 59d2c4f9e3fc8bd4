import { describe, expect, test } from 'vitest';
import type { ServerResponse } from '../request.ts';
import { newRequestInfo } from '../request-info.ts';
import { newRequest } from '../server-fixture.ts';
import { prettyJson } from './pretty-json.ts';

const plain = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"kind":"Pod"}\n' };

async function answered(target: string, more: Parameters<typeof newRequest>[2], response: ServerResponse = plain) {
  const request = newRequest('GET', target, { rawQuery: target.split('?')[1] ?? '', ...more });
  const context = {
    request,
    info: newRequestInfo(request),
    signal: () => request.signal,
    user: { name: '', groups: [] },
    warnings: [],
  };
  return (await prettyJson(context, async () => response)).body;
}

describe('JSON is over several lines', () => {
  test.each([
    ['for a shell', '/api/v1/pods', { userAgent: 'curl/8.5.0' }],
    ['when it is asked for', '/api/v1/pods?pretty=true', {}],
    ['by the type as well', '/apis/apps', { headers: { accept: 'application/json;pretty=1' } }],
  ])('%s', async (_why, target, more) => {
    expect(await answered(target, more)).toBe('{\n  "kind": "Pod"\n}');
  });
});

test('a text of many megabytes in it is no matter', async () => {
  const body = JSON.stringify({ long: 'a'.repeat(13 << 20), escaped: '\u0001"[', 'a["': ['"]'] });
  const answer = await answered('/api/v1/pods', { userAgent: 'curl/8.5.0' }, { ...plain, body });
  expect(answer === JSON.stringify(JSON.parse(body), null, 2)).toBe(true);
});

describe('JSON is as it is', () => {
  test.each([
    ['for programs', '/api/v1/pods', { userAgent: 'kubectl/v1.36' }],
    ['for a shell that wants it so', '/api/v1/pods?pretty=0', { userAgent: 'curl/8.5.0' }],
    ['in documents of one form', '/openapi/v2', { userAgent: 'curl/8.5.0' }],
  ])('%s', async (_why, target, more) => {
    expect(await answered(target, more)).toBe(plain.body);
  });

  test('where it is so deep that it would become many times as long', async () => {
    const deep = (lists: number) => `{"a":[${Array(lists).fill(`${'['.repeat(400)}"]["${']'.repeat(400)}`)}]}`;
    const curl = { userAgent: 'curl/8.5.0' };
    expect(await answered('/api/v1/pods', curl, { ...plain, body: deep(250) })).toBe(deep(250));
    expect(String(await answered('/api/v1/pods', curl, { ...plain, body: deep(2) }))).toContain('\n');
  });

  test('as YAML, and as a stream', async () => {
    const curl = { userAgent: 'curl/8.5.0' };
    const yaml = { status: 200, headers: { 'content-type': 'application/yaml' }, body: 'kind: Pod\n' };
    expect(await answered('/api/v1/pods', curl, yaml)).toBe(yaml.body);
    const stream = { ...plain, body: (async function* () {})() };
    expect(await answered('/api/v1/pods', curl, stream)).toBe(stream.body);
  });
});
