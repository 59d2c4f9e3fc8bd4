import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import type { ServerRequest } from '../request.ts';
import { closeListeners, connect, start, text } from './listener-fixture.ts';

afterEach(closeListeners);

const unread = async () => text('no');

describe('who waits to send a body over HTTP/2', () => {
  const read = async (request: ServerRequest) => text(String((await request.body()).length));

  test.each([
    ['is told to when it is read', '100-continue', read, '4', ['continue', 'answer']],
    ['however that is written', 'x, 100-Continue', read, '4', ['continue', 'answer']],
    ['is not told to when nobody reads it', '100-continue', unread, 'no', ['answer']],
    ['is not told what it did not ask', 'x-100-continue', read, '4', ['answer']],
  ])('%s', async (_what, expectation, handle, body, told) => {
    const session = connect(await start(handle));
    const stream = session.request({ ':method': 'POST', ':path': '/', expect: expectation }, { endStream: false });
    const heard: string[] = [];
    stream.on('continue', () => heard.push('continue'));
    stream.on('response', () => heard.push('answer'));
    // Node sends no body by itself before it is told to: this one does not wait.
    stream.end('four');
    const chunks: Buffer[] = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    await once(stream, 'end');
    expect({ heard, body: Buffer.concat(chunks).toString() }).toEqual({ heard: told, body });
    session.close();
  });

  test('is not told to where it said that there is none', async () => {
    const session = connect(await start(read));
    const stream = session.request({ ':path': '/', expect: '100-continue' }, { endStream: true });
    let isTold = false;
    stream.on('continue', () => (isTold = true));
    stream.resume();
    await once(stream, 'end');
    expect(isTold).toBe(false);
    session.close();
  });
});

test.each([
  ['options of the server itself', { ':method': 'OPTIONS', ':path': '*' }, 200],
  ['a tunnel', { ':method': 'CONNECT', ':authority': 'a:1' }, 405],
])('%s are answered at once, and what comes behind is not waited for', async (_what, head, status) => {
  const session = connect(await start(async () => ({ status: 500, body: 'never' })));
  const stream = session.request(head, { endStream: false });
  stream.resume();
  const [answer] = await once(stream, 'response');
  expect(answer[':status']).toBe(status);
  await once(stream, 'close');
  session.close();
});
