import { beforeEach, expect, test } from 'vitest';
import { type Fixture, newFixture } from './request-fixture.ts';

const GREATEST = '9223372036854775807';

let api: Fixture;
const pods = { resource: 'pods', namespace: 'default' };
const podWith = (grace: string): string =>
  `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c","image":"i"}],"terminationGracePeriodSeconds":${grace}}}`;

beforeEach(async () => {
  api = newFixture();
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
});

const graceIn = (text: string): string | undefined => /"?terminationGracePeriodSeconds"?: ?(-?\d+)/.exec(text)?.[1];
const read = (accept = 'application/json') => api.send({ verb: 'get', ...pods, name: 'a', accept });

test.each(['application/json', 'application/yaml'])(
  'the greatest integer is kept as it is written: %s',
  async (type) => {
    const made = await api.send({ verb: 'create', ...pods, body: podWith(GREATEST), contentType: type });
    expect([made.code, graceIn(made.text)]).toEqual([201, GREATEST]);
    expect(graceIn((await read()).text)).toBe(GREATEST);
    expect(graceIn((await read('application/yaml')).text)).toBe(GREATEST);
  },
);

test('what has one can be changed', async () => {
  await api.send({ verb: 'create', ...pods, body: podWith(GREATEST) });
  const labels = '{"metadata":{"labels":{"a":"b"}}}';
  for (const contentType of ['application/merge-patch+json', 'application/strategic-merge-patch+json']) {
    const { code, text } = await api.send({ verb: 'patch', ...pods, name: 'a', body: labels, contentType });
    expect([code, graceIn(text)]).toEqual([200, GREATEST]);
  }
  const again = (await read()).text.replace('"a":"b"', '"a":"c"');
  const { code, text } = await api.send({ verb: 'update', ...pods, name: 'a', body: again });
  expect([code, graceIn(text)]).toEqual([200, GREATEST]);
});

test('one more than the greatest is none', async () => {
  const { code, body } = await api.send({ verb: 'create', ...pods, body: podWith('9223372036854775808') });
  expect(code).toBe(400);
  expect(body.message).toContain('cannot unmarshal number 9223372036854775808 into Go struct field');
});

test('who watches is told the same', async () => {
  const watch = await api.open({ verb: 'watch', ...pods, accept: 'application/json' });
  await api.send({ verb: 'create', ...pods, body: podWith(GREATEST) });
  expect(graceIn(Buffer.from((await watch.piece()) ?? []).toString())).toBe(GREATEST);
  await watch.close();
});

test('who sends an integer that is rounded is warned, in whatever request', async () => {
  const warned = [expect.stringContaining('9007199254740993 is kept as 9007199254740992')];
  const odd = '9007199254740993';
  expect((await api.send({ verb: 'create', ...pods, body: podWith(odd) })).warnings).toEqual(warned);
  const body = (await read()).text.replace(
    /"terminationGracePeriodSeconds":\d+/,
    `"terminationGracePeriodSeconds":${odd}`,
  );
  expect((await api.send({ verb: 'update', ...pods, name: 'a', body })).warnings).toEqual(warned);
  const patch = { body: `{"metadata":{"generation":${odd}}}`, contentType: 'application/merge-patch+json' };
  expect((await api.send({ verb: 'patch', ...pods, name: 'a', ...patch })).warnings).toEqual(warned);
});
