import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { newRequestInfo } from '../request-info.ts';
import { newRequest } from '../server-fixture.ts';
import { compression } from './compression.ts';

const large = `{"a":"${'a'.repeat(128 << 10)}"}`;

async function answered(acceptEncoding: string, body = large, target = '/api/v1/pods') {
  const request = newRequest('GET', target, { headers: { 'accept-encoding': acceptEncoding } });
  const context = {
    request,
    info: newRequestInfo(request),
    signal: () => request.signal,
    user: { name: '', groups: [] },
    warnings: [],
  };
  const response = { status: 200, headers: { vary: 'Accept' }, body };
  return { response, answer: await compression(context, async () => response) };
}

describe('answers', () => {
  test('are compressed where they are large', async () => {
    const { answer } = await answered('deflate, gzip');
    expect(answer.headers).toEqual({ 'content-encoding': 'gzip', vary: 'Accept-Encoding\nAccept' });
    expect(gunzipSync(answer.body as Uint8Array).toString()).toBe(large);
  });

  test.each([
    ['for who does not take it', 'br', large, '/api/v1/pods'],
    ['for who says it in another way', 'gzip;q=1', large, '/api/v1/pods'],
    ['where they are small', 'gzip', '{}', '/api/v1/pods'],
    ['where they are of other documents', 'gzip', large, '/metrics'],
  ])('are as they are %s', async (_why, accepted, body, target) => {
    const { response, answer } = await answered(accepted, body, target);
    expect(answer).toBe(response);
  });
});
