import { Agent, request } from 'node:https';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeProtobuf } from '../../services/apiserver/protobuf/decode-object.ts';
import { type Hub, startHub } from '../../services/hub/hub.ts';
import { parseHubOptions } from '../../services/hub/options.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { type OddRequest, oddRequest } from '../framework/odd-request.ts';
import { newWorld, type World } from '../framework/world.ts';

/**
 * Requests that no sane client sends, as the administrator and as nobody: methods, paths, queries, headers and bodies at random. No crash, no hang, nothing
 * that the server itself calls a fault, and every refusal is a Status (or, where upstream answers in plain text, words).
 */

const SEED = Number(process.env['PULLET_FUZZ_SEED'] ?? 20260401);
const RUNS = Number(process.env['PULLET_FUZZ_RUNS'] ?? 2000);
const ANSWER_MS = 10_000;

let world: World;
let hub: Hub;
let agents: { admin: Agent; nobody: Agent };
const faults: string[] = [];

beforeAll(async () => {
  world = await newWorld();
  const options = parseHubOptions([`--data-dir=${world.dir}/hub`, '--listen=127.0.0.1:0'], {});
  if (!options) throw new Error('help');
  const error = (fields: object, message: string): void => {
    const { err, path } = fields as { err?: Error; path?: string };
    faults.push(`${message}: ${path} ${err?.stack ?? ''}`);
  };
  hub = await startHub(options, {
    clock: systemClock,
    log: Object.assign(Object.create(world.log) as Logger, { error }),
  });
  world.onStop('hub', () => hub.stop());
  const { transport } = await loadKubeconfig({ path: hub.adminKubeconfig });
  const { caPem: ca = '', certPem: cert = '', keyPem: key = '' } = transport;
  const shared = { ca, keepAlive: true, maxSockets: 4 };
  agents = { admin: new Agent({ ...shared, cert, key }), nobody: new Agent(shared) };
  world.onStop('connections', () => {
    for (const agent of Object.values(agents)) agent.destroy();
  });
});

afterAll(() => world.stop());

interface Answer {
  status: number;
  type: string;
  body: Buffer;
}

/** Resolves with the whole answer; of one that is a stream with its head. Rejects when there is none in time. */
function send({ who, method, target, headers, body }: OddRequest): Promise<Answer> {
  const { hostname, port } = new URL(hub.server);
  const sized = { ...headers, 'content-length': String(body.length) };
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path: target, headers: sized, agent: agents[who] }, (response) => {
      const status = response.statusCode ?? 0;
      const type = response.headers['content-type'] ?? '';
      const chunks: Buffer[] = [];
      const end = (): void => {
        clearTimeout(timer);
        resolve({ status, type, body: Buffer.concat(chunks) });
      };
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', end);
      response.on('error', reject);
      if (response.headers['content-length'] === undefined && status < 400) {
        end();
        sent.destroy();
      }
    });
    const timer = setTimeout(() => {
      sent.destroy();
      reject(new Error('no answer in time'));
    }, ANSWER_MS);
    sent.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end(body);
  });
}

/** What upstream too answers in words. */
const PLAIN_TEXT =
  /^(404 page not found|\[[+-]\].*check failed|internal server error: |Internal Server Error: .*: failed to create RequestInfo: )/s;

function faultOf(asked: OddRequest, { status, type, body }: Answer): string | undefined {
  const text = body.toString();
  if (status < 400 || asked.method === 'HEAD') return undefined;
  if ([404, 406].includes(status) && asked.target.startsWith('/openapi') && text === '') return undefined;
  if (type.startsWith('text/plain') && PLAIN_TEXT.test(text)) return undefined;
  try {
    const { kind, code, message } = readStatus(type, body) as { kind?: string; code?: number; message?: string };
    if (
      kind === 'Status' &&
      code === status &&
      message !== 'Internal error occurred: the server could not handle the request'
    )
      return undefined;
  } catch {}
  return `${asked.method} ${asked.target}: ${status} ${type}: ${text.slice(0, 300)}`;
}

function readStatus(type: string, body: Buffer): unknown {
  if (type.startsWith('application/vnd.kubernetes.protobuf')) return decodeProtobuf(body);
  return type.startsWith('application/yaml') ? load(body.toString()) : JSON.parse(body.toString());
}

test(`${RUNS} odd requests are all answered, and refused in the words of the API (seed ${SEED})`, async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(oddRequest, async (asked) => {
      const answer = await send(asked);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      expect(faultOf(asked, answer)).toBeUndefined();
      expect(faults).toEqual([]);
    }),
    { seed: SEED, numRuns: RUNS },
  );
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(statuses.get(200)).toBeGreaterThan(0);
  expect(statuses.get(404)).toBeGreaterThan(0);
  const ready = await send({ who: 'admin', method: 'GET', target: '/readyz', headers: {}, body: Buffer.alloc(0) });
  expect({ ...ready, body: ready.body.toString() }).toMatchObject({ status: 200, body: 'ok' });
});
