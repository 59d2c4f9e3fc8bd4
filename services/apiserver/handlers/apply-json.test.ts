import { expect, test } from 'vitest';
import { newFixture } from './request-fixture.ts';

async function applied(text: string) {
  const api = newFixture();
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
  return api.send({
    verb: 'patch',
    resource: 'configmaps',
    namespace: 'default',
    name: 'a',
    query: { fieldManager: 'm', fieldValidation: 'Strict' },
    contentType: 'application/apply-patch+yaml',
    body: text,
  });
}

const HEAD = '"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}';

test('a configuration may be JSON', async () => {
  const answer = await applied(`{${HEAD},"data":{"b":"\\ud83d\\ude00"}}\n`);
  expect(answer).toMatchObject({ code: 201, body: { data: { b: '\u{1f600}' } } });
});

test('what it holds twice is told in the words of YAML', async () => {
  const { code, body } = await applied(`{${HEAD},\n"data":{"b":"1","b":"2"}}`);
  expect(code).toBe(400);
  expect(body.message).toContain('line 2: key "b" already set in map');
});

test('what begins like JSON may be YAML', async () => {
  expect(await applied(`{${HEAD},"data":{b: "1"}}`)).toMatchObject({ code: 201, body: { data: { b: '1' } } });
});

test('half a character is refused', async () => {
  expect(await applied(`{${HEAD},"data":{"b":"\\ud800"}}`)).toMatchObject({ code: 400 });
});

test('YAML of too many values is too large', async () => {
  const lines = Array.from({ length: 130_000 }, (_, index) => `k${index}: ""`);
  expect(await applied(`{${HEAD},data: {${lines.join(',')}}}`)).toMatchObject({
    code: 413,
    body: { reason: 'RequestEntityTooLarge' },
  });
});
