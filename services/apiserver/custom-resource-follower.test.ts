import { expect, test } from 'vitest';
import { followCustomResourceDefinitions } from './custom-resource-follower.ts';
import { newFixture } from './handlers/request-fixture.ts';
import { newCatalog } from './types/catalog.ts';
import { newCronTabCrd } from './types/crd-fixture.ts';

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';
const RETRY_MS = 5_000;

test('what could not be removed with its definition is removed when the store works again', async () => {
  let isFull = false;
  const api = newFixture({
    beforeDelete: () => {
      if (isFull) throw new Error('no space left on device');
    },
  });
  const { spec, metadata, apiVersion, kind } = newCronTabCrd();
  const { name } = metadata;
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
  await api.send({ verb: 'create', resource: DEFINITIONS, body: { apiVersion, kind, metadata: { name }, spec } });
  const resource = `${spec.names.plural}.${spec.group}`;
  const body = { metadata: { name: 'tab' }, apiVersion: `${spec.group}/v1`, kind: spec.names.kind };
  expect(await api.send({ verb: 'create', resource, namespace: 'default', body })).toMatchObject({ code: 201 });
  isFull = true;
  await api.send({ verb: 'delete', resource: DEFINITIONS, name: name ?? '' });
  const left = async () => (await api.send({ verb: 'list', resource: DEFINITIONS })).body.items?.length;
  await settled();
  expect(await left()).toBe(1);
  isFull = false;
  api.advance(RETRY_MS);
  await expect.poll(left).toBe(0);
  api.stop();
});

test('once the cleanup is stopped nothing more is deleted', async () => {
  const deleted: string[] = [];
  const api = newFixture({
    beforeDelete: (key) => {
      deleted.push(key);
      api.stop();
    },
  });
  const { spec, metadata, apiVersion, kind } = newCronTabCrd();
  const { name: crd = '' } = metadata;
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
  await api.send({ verb: 'create', resource: DEFINITIONS, body: { apiVersion, kind, metadata: { name: crd }, spec } });
  const resource = `${spec.names.plural}.${spec.group}`;
  for (const name of ['a', 'b', 'c']) {
    const body = { metadata: { name }, apiVersion: `${spec.group}/v1`, kind: spec.names.kind };
    expect(await api.send({ verb: 'create', resource, namespace: 'default', body })).toMatchObject({ code: 201 });
  }
  await api.send({ verb: 'delete', resource: DEFINITIONS, name: crd });
  await settled();
  expect(deleted).toHaveLength(1);
  expect(api.storage.count(`/${spec.group}/${spec.names.plural}/`)).toBe(2);
});

test('a change that could not be taken in is taken in as it is stored then', async () => {
  const api = newFixture();
  const catalog = newCatalog();
  let isFailing = false;
  const stop = followCustomResourceDefinitions(api.registry, {
    ...catalog,
    setCustomResourceDefinition(crd) {
      if (isFailing) throw new Error('no room for it');
      catalog.setCustomResourceDefinition(crd);
    },
  });
  const { spec, metadata, apiVersion, kind } = newCronTabCrd();
  const { name = '' } = metadata;
  const body = { apiVersion, kind, metadata: { name }, spec };
  const shortNames = () => catalog.find(spec.group, 'v1', spec.names.plural)?.shortNames;
  const rename = (shortName: string) =>
    api.send({
      verb: 'patch',
      resource: DEFINITIONS,
      name,
      contentType: 'application/merge-patch+json',
      body: { spec: { names: { shortNames: [shortName] } } },
    });
  await api.send({ verb: 'create', resource: DEFINITIONS, body });
  const before = shortNames();
  isFailing = true;
  await rename('one');
  api.advance(RETRY_MS);
  await rename('two');
  expect(shortNames()).toEqual(before);
  isFailing = false;
  api.advance(RETRY_MS);
  expect(shortNames()).toEqual(['two']);
  stop();
  api.stop();
});

/** What follows at once from what was done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
