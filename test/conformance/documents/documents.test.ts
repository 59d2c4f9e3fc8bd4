/** What both servers tell of their types: every document of OpenAPI and discovery, whole. */

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBinaries } from '../../kube/binaries.ts';
import { differences } from '../difference.ts';
import { readProtobuf } from '../read-protobuf.ts';
import type { WireAnswer } from '../send.ts';
import { startServedPair } from '../served.ts';
import type { ConformanceServer, ServerPair } from '../servers.ts';
import { comparedDocument } from './compared-document.ts';
import { documentedDefinitions } from './definitions.ts';

const binaries = await ensureBinaries();

/** Upstream makes its documents a while after a definition is served: they are asked for again until then. */
const settleMs = 90_000;
const pauseMs = 250;

const aggregated = (type: string): string => `${type};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`;

/** A path, and what of its answer is compared. */
interface Asked {
  path: string;
  accept?: string;
  compared?: (answer: WireAnswer) => unknown;
}

/** Those of custom resources come in the order of a Go map. */
function resourcesInOrder({ body }: WireAnswer): unknown {
  const document = JSON.parse(body) as { resources: { name: string }[] };
  return { ...document, resources: document.resources.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

describe.runIf('dir' in binaries)('documents', () => {
  let pair: ServerPair;
  beforeAll(async () => {
    pair = await startServedPair(documentedDefinitions);
  });
  afterAll(() => pair?.stop());

  async function ask(server: ConformanceServer, { path, accept, compared }: Asked): Promise<unknown> {
    const answer = await server.send({ method: 'GET', path, headers: accept ? { accept } : {} });
    const { status, headers } = answer;
    const type = headers['content-type'];
    return {
      status,
      type,
      document: status === 200 ? (compared ?? (({ body }) => comparedDocument(body)))(answer) : {},
    };
  }

  const differing = async (asked: Asked): Promise<string[]> =>
    differences(await ask(pair.embedded, asked), await ask(pair.upstream, asked));

  /** The last differences, once they have had the time to go. */
  async function settled(asked: Asked): Promise<string[]> {
    for (const endMs = Date.now() + settleMs; ; await delay(pauseMs)) {
      const found = await differing(asked);
      if (found.length === 0 || Date.now() > endMs) return found;
    }
  }

  async function pathsOfIndex(server: ConformanceServer): Promise<string[]> {
    const { body } = await server.send({ method: 'GET', path: '/openapi/v3' });
    return Object.keys((JSON.parse(body) as { paths: object }).paths);
  }

  test('the index of OpenAPI v3 names the same documents', async () => {
    const compared = ({ body }: WireAnswer): string[] => Object.keys((JSON.parse(body) as { paths: object }).paths);
    expect(await settled({ path: '/openapi/v3', compared })).toEqual([]);
  });

  test('each document of OpenAPI v3 says the same', async () => {
    for (const path of await pathsOfIndex(pair.embedded)) {
      expect(await settled({ path: `/openapi/v3/${path}` }), path).toEqual([]);
    }
  });

  test('the document of OpenAPI v2 says the same', async () => {
    expect(await settled({ path: '/openapi/v2' })).toEqual([]);
  });

  test.each(['/apis', '/apis/apps', '/apis/autoscaling', '/apis/many.example.com', '/apis/x-y.k8s.example'])(
    '%s',
    async (path) => {
      expect(await settled({ path })).toEqual([]);
    },
  );

  test('each list of resources says the same', async () => {
    const versions = (await pathsOfIndex(pair.embedded)).filter((path) => /^apis\/.*\/v\d/.test(path));
    expect(versions.length).toBeGreaterThan(20);
    for (const path of versions) {
      const asked = path.includes('example') ? { path: `/${path}`, compared: resourcesInOrder } : { path: `/${path}` };
      expect(await settled(asked), path).toEqual([]);
    }
  });

  test.each(['application/json', 'application/yaml'])('the aggregated document in %s', async (type) => {
    expect(await settled({ path: '/apis', accept: aggregated(type), compared: ({ body }) => body })).toEqual([]);
  });

  test('the aggregated document in protobuf', async () => {
    const type = 'application/vnd.kubernetes.protobuf';
    const compared = ({ body }: WireAnswer): unknown => readProtobuf(body, type);
    expect(await settled({ path: '/apis', accept: aggregated(type), compared })).toEqual([]);
  });

  test.each([
    [`${aggregated('application/json')},application/json`],
    [`application/json,${aggregated('application/json')}`],
    [`${aggregated('application/json').replace('v2', 'v2beta1')},application/json`],
    [aggregated('application/json').replace('v2', 'v2beta1')],
    [aggregated('*/*')],
    ['application/json'],
  ])('what is answered to who accepts %s', async (accept) => {
    expect(await settled({ path: '/apis', accept })).toEqual([]);
  });
});
