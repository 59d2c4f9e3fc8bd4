import { afterEach, beforeEach, expect, test } from 'vitest';
import { newCronTabCrd } from '../types/crd-fixture.ts';
import { type Fixture, newFixture } from './request-fixture.ts';

let api: Fixture;
const crontabs = { resource: 'crontabs.stable.example.com', namespace: 'default' };

beforeEach(async () => {
  api = newFixture();
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
  const body = newCronTabCrd({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true });
  await api.send({ verb: 'create', resource: 'customresourcedefinitions.apiextensions.k8s.io', body });
  const object = { apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: { name: 'a' }, spec: { a: 1 } };
  expect(await api.send({ verb: 'create', ...crontabs, body: object })).toMatchObject({ code: 201 });
});
afterEach(() => api.stop());

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';

test.each([
  ['Warn', JSON_PATCH, '[{"op":"add","path":"/spec/b","value":1E400}]', 400],
  ['Ignore', JSON_PATCH, '[{"op":"add","path":"/spec/b","value":1E400}]', 422],
  ['Ignore', MERGE_PATCH, '{"spec":{"b":[-1E400]}}', 422],
])('a number that nobody can hold is not stored as null: %s, %s', async (fieldValidation, contentType, body, code) => {
  const call = { verb: 'patch', ...crontabs, name: 'a', query: { fieldValidation }, contentType, body } as const;
  const answer = await api.send(call);
  expect(answer.code).toBe(code);
  expect(answer.body.message).toMatch(/cannot unmarshal number -?1E400 into Go .* of type float64/);
  expect((await api.send({ verb: 'get', ...crontabs, name: 'a' })).body['spec']).toEqual({ a: 1 });
});
