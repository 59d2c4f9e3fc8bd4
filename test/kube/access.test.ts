/** Authentication, RBAC, impersonation, escalation and reviews: kube-apiserver and the embedded API answer the same, to the word. */

import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulatedMember } from '../../services/hub/simulated-member.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import type { Transport } from '../../shared/client/transport.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import { newSender } from '../conformance/send.ts';
import { settleRights } from '../conformance/settle-rights.ts';
import { newWorld, type World } from '../framework/world.ts';
import { type AccessRequest, accessRequests, preparations } from './access-requests.ts';
import { ensureBinaries } from './binaries.ts';
import { startKubeControlPlane } from './control-plane.ts';

const binaries = await ensureBinaries();

/** One server, as its administrator and as nobody. */
interface Server {
  admin: Transport;
  nobody: Transport;
}

async function connect(world: World, kubeconfig: string): Promise<Server> {
  const { transport } = await loadKubeconfig({ path: kubeconfig });
  const { certPem, keyPem, ...nobody } = transport;
  const connections = { admin: newHttpTransport(transport), nobody: newHttpTransport(nobody) };
  for (const connection of Object.values(connections)) world.onStop('connection', () => connection.close());
  return connections;
}

async function answerOf(server: Server, request: AccessRequest): Promise<unknown> {
  const { method = 'GET', path: target, user, group, headers = {}, body, anonymous } = request;
  const response = await (anonymous ? server.nobody : server.admin).request({
    method,
    path: target,
    headers: {
      ...(user === undefined ? {} : { 'impersonate-user': user }),
      ...(group === undefined ? {} : { 'impersonate-group': group }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  const { 'content-type': type, 'x-content-type-options': options, warning } = response.headers;
  const text = Buffer.concat(chunks).toString();
  const isJson = type?.startsWith('application/json') ?? false;
  return { status: response.status, type, options, warning, body: isJson ? comparable(JSON.parse(text)) : text };
}

/** What is different each time, and the ownership of objects that are never stored. */
const PASSING = ['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'token', 'expirationTimestamp'];

function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !PASSING.includes(key));
  return Object.fromEntries(kept.map(([key, one]) => [key, comparable(one)]));
}

function titleOf({ what, method = 'GET', path: target, user = 'the administrator', anonymous }: AccessRequest): string {
  return `${what}: ${method} ${target} as ${anonymous ? 'nobody' : user}`;
}

describe.runIf('dir' in binaries)('who may do what', () => {
  let world: World;
  let kube: Server;
  let embedded: Server;

  beforeAll(async () => {
    world = await newWorld();
    const controlPlane = await startKubeControlPlane({ name: 'access', controllers: [] });
    world.onStop('kube-apiserver', () => controlPlane.stop());
    const member = await startSimulatedMember({
      name: 'embedded',
      directory: path.join(world.dir, 'embedded'),
      store: 'memory',
      clock: systemClock,
      log: world.log,
    });
    world.onStop('embedded API', () => member.stop());
    kube = await connect(world, controlPlane.kubeconfigPath);
    embedded = await connect(world, member.kubeconfig);
    for (const request of preparations) {
      for (const server of [kube, embedded]) expect(await answerOf(server, request)).toMatchObject({ status: 201 });
    }
    const { server, caPem, clientCertPem: certPem, clientKeyPem: keyPem } = controlPlane;
    const { send, close } = newSender({ server, caPem, certPem, keyPem });
    world.onStop('another connection', close);
    await settleRights({ name: 'upstream', send });
  });
  afterAll(() => world?.stop());

  test.each(accessRequests.map((request) => [titleOf(request), request] as const))('%s', async (_title, request) => {
    expect(await answerOf(embedded, request)).toEqual(await answerOf(kube, request));
  });
});

test.skipIf('dir' in binaries)('kube-apiserver is not here, so nothing was compared', () => {
  expect(binaries).toHaveProperty('reason');
});
