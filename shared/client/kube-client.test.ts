import { describe, expect, test } from 'vitest';
import { type ConfigMap, configMaps, namespaces } from '../apis/core/v1.ts';
import { isNotFound, StatusError } from '../apis/meta/status-error.ts';
import { newFakeClock } from '../controller/fake-clock.ts';
import { type FakeAnswer, newFakeTransport } from './fake-transport.ts';
import { newKubeClient } from './kube-client.ts';

const configMap: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a/b', namespace: 'ns', resourceVersion: '7' },
  data: { k: 'v' },
};

function clientFor(answer: (index: number) => FakeAnswer, random = () => 0) {
  const transport = newFakeTransport((_, index) => answer(index));
  const clock = newFakeClock();
  const warnings: string[] = [];
  const onWarning = (text: string): void => void warnings.push(text);
  const client = newKubeClient({ transport, userAgent: 'test/1', clock, random, onWarning });
  return { transport, clock, client, warnings };
}

describe('requests', () => {
  const { client, transport } = clientFor(() => ({ body: { metadata: {}, items: [] } }));
  const key = { name: 'n', namespace: 'ns' };
  const cases: [string, () => Promise<unknown>, string, object?][] = [
    ['get', () => client.get(configMaps, key), 'GET /api/v1/namespaces/ns/configmaps/n'],
    ['list in all namespaces', () => client.list(configMaps), 'GET /api/v1/configmaps'],
    [
      'list with a selection',
      () => client.list(configMaps, { namespace: 'ns', labelSelector: 'a=b', limit: 5, continue: 'x+/' }),
      'GET /api/v1/namespaces/ns/configmaps?labelSelector=a%3Db&limit=5&continue=x%2B%2F',
    ],
    ['create', () => client.create(configMaps, configMap), 'POST /api/v1/namespaces/ns/configmaps', configMap],
    [
      'create as a dry run',
      () => client.create(configMaps, configMap, { dryRun: true, fieldManager: 'm', fieldValidation: 'Strict' }),
      'POST /api/v1/namespaces/ns/configmaps?fieldManager=m&fieldValidation=Strict&dryRun=All',
      configMap,
    ],
    ['update', () => client.update(configMaps, configMap), 'PUT /api/v1/namespaces/ns/configmaps/a%2Fb', configMap],
    [
      'update of a subresource',
      () => client.update(namespaces, { ...configMap, metadata: { name: 'n' } }, { subresource: 'finalize' }),
      'PUT /api/v1/namespaces/n/finalize',
    ],
    [
      'merge patch',
      () => client.patch(configMaps, key, { type: 'merge', patch: { data: null } }),
      'PATCH /api/v1/namespaces/ns/configmaps/n',
      { data: null },
    ],
    [
      'apply',
      () => client.apply(configMaps, configMap, { fieldManager: 'm', force: true }),
      'PATCH /api/v1/namespaces/ns/configmaps/a%2Fb?fieldManager=m&force=true',
      configMap,
    ],
    [
      'delete with options',
      () => client.delete(configMaps, key, { propagationPolicy: 'Foreground' }),
      'DELETE /api/v1/namespaces/ns/configmaps/n',
      { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Foreground' },
    ],
    [
      'deletecollection',
      () => client.deleteCollection(configMaps, { namespace: 'ns', labelSelector: 'a' }),
      'DELETE /api/v1/namespaces/ns/configmaps?labelSelector=a',
    ],
  ];

  test.each(cases)('%s', async (_, ask, line, body) => {
    await ask();
    const sent = transport.requests.at(-1);
    expect(`${sent?.method} ${sent?.path}`).toBe(line);
    if (body) expect(JSON.parse(String(sent?.body))).toEqual(body);
    expect(sent?.headers?.['user-agent']).toBe('test/1');
  });

  test('each kind of patch has its content type', async () => {
    const types: (string | undefined)[] = [];
    for (const type of ['merge', 'strategic'] as const) {
      await client.patch(configMaps, key, { type, patch: {} });
      types.push(transport.requests.at(-1)?.headers?.['content-type']);
    }
    await client.patch(configMaps, key, { type: 'json', operations: [] });
    types.push(transport.requests.at(-1)?.headers?.['content-type']);
    await client.apply(configMaps, configMap, { fieldManager: 'm' });
    types.push(transport.requests.at(-1)?.headers?.['content-type']);
    expect(types).toEqual([
      'application/merge-patch+json',
      'application/strategic-merge-patch+json',
      'application/json-patch+json',
      'application/apply-patch+yaml',
    ]);
  });

  test('what is applied has each value on a line of its own, and its own lines stay as they are', async () => {
    const applied = { ...configMap, data: { text: 'one\n   two', empty: '' }, numbers: [-1, 2] };
    await client.apply(configMaps, applied, { fieldManager: 'm' });
    const body = String(transport.requests.at(-1)?.body);
    expect(JSON.parse(body)).toEqual(applied);
    expect(body.split('\n')).toEqual(expect.arrayContaining(['"empty": ""', '-1,', '2']));
  });

  test.each(['9223372036854775807', '-9223372036854775808'])('%s is sent as it was read', async (end) => {
    const read = { ...configMap, spec: JSON.parse(`{"grace":${end}}`) };
    await client.update(configMaps, read);
    expect(transport.requests.at(-1)?.body).toContain(`"grace":${end}`);
    await client.apply(configMaps, read, { fieldManager: 'm' });
    expect(transport.requests.at(-1)?.body).toContain(`"grace": ${end}`);
  });

  test('what is applied has no character as it is that YAML reads in another way than JSON', async () => {
    const text = 'a \u007f b \u0085 c \u2028 d \u2029 e \uffff';
    const applied = { ...configMap, data: { text } };
    await client.apply(configMaps, applied, { fieldManager: 'm' });
    const body = String(transport.requests.at(-1)?.body);
    expect(body).toContain(String.raw`"a \u007f b \u0085 c \u2028 d \u2029 e \uffff"`);
    expect(JSON.parse(body)).toEqual(applied);
  });

  test('a name that is missing never becomes a request about the whole list', async () => {
    await expect(client.delete(configMaps, { name: '', namespace: 'ns' })).rejects.toThrow(/without a name/);
    await expect(client.get(configMaps, { name: 'n' })).rejects.toThrow(/namespace is missing/);
  });
});

describe('the signal of a client', () => {
  const slow = () => {
    const transport = newFakeTransport(() => ({ body: {} }));
    const request: typeof transport.request = ({ signal }) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    const all = new AbortController();
    const client = newKubeClient({ transport: { ...transport, request }, signal: all.signal });
    return { all, client };
  };

  test('ends a request that has none of its own', async () => {
    const { all, client } = slow();
    const asked = client.get(configMaps, { name: 'n', namespace: 'ns' });
    all.abort(new Error('interrupted'));
    await expect(asked).rejects.toThrow('interrupted');
  });

  test('leaves one that has, and those that are begun later', async () => {
    const { all, client } = slow();
    const own = new AbortController();
    const asked = client.get(configMaps, { name: 'n', namespace: 'ns' }, { signal: own.signal });
    all.abort(new Error('interrupted'));
    own.abort(new Error('its own'));
    await expect(asked).rejects.toThrow('its own');
    const transport = newFakeTransport(() => ({ body: {} }));
    const cleaning = newKubeClient({ transport, signal: all.signal });
    await expect(cleaning.get(configMaps, { name: 'n', namespace: 'ns' })).resolves.toEqual({});
  });
});

describe('answers', () => {
  test('the items of a list have their kind, also where the server leaves it out', async () => {
    const { client } = clientFor(() => ({
      body: { metadata: { resourceVersion: '5' }, items: [{ metadata: { name: 'x' } }] },
    }));
    const list = await client.list(configMaps);
    expect(list.items).toEqual([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }]);
  });

  test('a Status becomes a StatusError as it is', async () => {
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'NotFound',
      code: 404,
      message: 'gone',
    };
    const { client } = clientFor(() => ({ status: 404, body: status }));
    const error = await client.get(namespaces, { name: 'n' }).catch((caught: unknown) => caught);
    expect(isNotFound(error)).toBe(true);
    expect((error as StatusError).status).toEqual(status);
  });

  test.each([
    [401, 'no', 'Unauthorized', 'the server has asked for the client to provide credentials'],
    [404, '<html>', 'NotFound', 'the server could not find the requested resource'],
    [
      502,
      '<html>bad</html>',
      'InternalError',
      'an error on the server ("<html>bad</html>") has prevented the request from succeeding',
    ],
  ])('a %i that is no Status has reason and words', async (status, body, reason, message) => {
    const { client } = clientFor(() => ({ status, body }));
    const error = await client.get(namespaces, { name: 'n' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StatusError);
    expect(error).toMatchObject({ reason, message, code: status });
  });

  test('an answer that is not JSON says so', async () => {
    const { client } = clientFor(() => ({ body: '<html>' }));
    await expect(client.get(namespaces, { name: 'n' })).rejects.toThrow(/is this a Kubernetes API server/);
  });

  test.each(['{}', '{"status":"ok"}', '[]', '"ok"', '1', 'null'])(
    '%s is no list, and not an empty one',
    async (body) => {
      const { client } = clientFor(() => ({ body }));
      await expect(client.list(namespaces)).rejects.toThrow(/is this a Kubernetes API server/);
    },
  );

  test('a list of nothing is one', async () => {
    const { client } = clientFor(() => ({ body: { items: null } }));
    expect(await client.list(namespaces)).toMatchObject({ metadata: {}, items: [] });
  });

  test('warnings are told', async () => {
    const { client, warnings } = clientFor(() => ({ headers: { warning: '299 - "old \\"thing\\"", 299 - "other"' } }));
    await client.get(namespaces, { name: 'n' });
    expect(warnings).toEqual(['old "thing"', 'other']);
  });
});

describe('Retry-After', () => {
  const busy = { status: 429, headers: { 'retry-after': '2' }, body: 'busy' };

  test('is waited for and the request sent again', async () => {
    const { client, clock, transport } = clientFor((index) => (index < 2 ? busy : { body: { kind: 'Namespace' } }));
    const answer = client.get(namespaces, { name: 'n' });
    await clock.advance(3999);
    expect(transport.requests).toHaveLength(2);
    await clock.advance(1);
    expect(await answer).toEqual({ kind: 'Namespace' });
  });

  test('is waited for in full, and up to half as long again by some', async () => {
    const { client, clock, transport } = clientFor(
      (index) => (index < 1 ? busy : { body: {} }),
      () => 1,
    );
    const answer = client.get(namespaces, { name: 'n' });
    await clock.advance(2999);
    expect(transport.requests).toHaveLength(1);
    await clock.advance(1);
    await answer;
  });

  test.each([
    ['five times at most', busy, 6],
    ['not for a minute', { ...busy, headers: { 'retry-after': '60' } }, 1],
    ['not where the server does not say it', { status: 503, body: 'x' }, 1],
  ])('%s', async (_, answer, times) => {
    const { client, clock, transport } = clientFor(() => answer);
    const failure = client.get(namespaces, { name: 'n' }).catch((error: unknown) => error);
    await clock.advance(60_000);
    expect(await failure).toBeInstanceOf(StatusError);
    expect(transport.requests).toHaveLength(times);
  });

  test('an aborted wait ends', async () => {
    const { client, clock } = clientFor(() => busy);
    const controller = new AbortController();
    const answer = client.get(namespaces, { name: 'n' }, { signal: controller.signal });
    const failure = expect(answer).rejects.toThrow('enough');
    await clock.advance(10);
    controller.abort(new Error('enough'));
    await failure;
    expect(clock.pending()).toBe(0);
  });
});

test('a request without an answer ends after its time', async () => {
  const transport = newFakeTransport(() => ({
    chunks: { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) },
  }));
  const clock = newFakeClock();
  const client = newKubeClient({ transport, clock, requestTimeoutMs: 1000 });
  const failure = expect(client.get(namespaces, { name: 'n' })).rejects.toThrow(
    'GET /api/v1/namespaces/n: no answer within 1 s',
  );
  await clock.advance(1000);
  await failure;
});

describe('watch', () => {
  const events = ['é', '日本', 'x'.repeat(1000)].map((value) => ({
    type: 'ADDED',
    object: { metadata: { name: value } },
  }));
  const bytes = new TextEncoder().encode(events.map((event) => `${JSON.stringify(event)}\n`).join('\n'));

  test.each([1, 2, 3, 7, 64, 5000])('reads its events from chunks of %i bytes', async (size) => {
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    const { client, transport } = clientFor(() => ({ chunks: chunks() }));
    const seen: unknown[] = [];
    const options = { resourceVersion: '4', allowWatchBookmarks: true, timeoutSeconds: 9 };
    for await (const event of client.watch(namespaces, options, new AbortController().signal)) seen.push(event);
    expect(seen).toEqual(events);
    expect(transport.requests[0]?.path).toBe(
      '/api/v1/namespaces?watch=true&resourceVersion=4&allowWatchBookmarks=true&timeoutSeconds=9',
    );
  });

  test('that is refused throws the Status', async () => {
    const { client } = clientFor(() => ({ status: 410, body: 'too old' }));
    const watch = client.watch(namespaces, {}, new AbortController().signal);
    await expect(watch[Symbol.asyncIterator]().next()).rejects.toMatchObject({ reason: 'Gone' });
  });
});
