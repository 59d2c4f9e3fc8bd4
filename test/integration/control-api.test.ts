import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { PolicyRule } from '../../shared/apis/rbac/v1.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import {
  type ControlAnswer,
  type ControlCaller,
  type ControlledHub,
  newServiceAccountCaller,
  startControlledHub,
} from '../framework/control-api.ts';
import { eventually } from '../framework/eventually.ts';
import { registerMember, startTestAgent, untilReady } from '../framework/join.ts';
import { hubIsKube, type TestHub } from '../framework/start-hub.ts';
import { startTestMember, type TestMember } from '../framework/start-member.ts';
import { newWorld, type World } from '../framework/world.ts';

/** The life of a cluster by the control-plane API alone: each step is refused to who has no right to it, and done for who has. */

const CERTIFICATES = 'certificates.k8s.io';
/** What the reference says that each route needs, together. */
const RULES: PolicyRule[] = [
  { apiGroups: [''], resources: ['secrets'], verbs: ['create', 'list', 'delete'] },
  { apiGroups: [''], resources: ['configmaps', 'namespaces'], verbs: ['get'] },
  { apiGroups: ['cluster.karmada.io'], resources: ['clusters'], verbs: ['get', 'list', 'patch', 'delete'] },
  { apiGroups: [CERTIFICATES], resources: ['certificatesigningrequests'], verbs: ['get', 'list', 'patch'] },
  { apiGroups: [CERTIFICATES], resources: ['certificatesigningrequests/approval'], verbs: ['update'] },
  {
    apiGroups: [CERTIFICATES],
    resources: ['signers'],
    resourceNames: ['kubernetes.io/kube-apiserver-client'],
    verbs: ['approve'],
  },
];

let world: World;
let hub: TestHub;
let ask: ControlledHub['ask'];
let member: TestMember;
let portal: ControlCaller;
let stranger: ControlCaller;
let auditLog: string;

beforeAll(async () => {
  world = await newWorld();
  auditLog = path.join(world.dir, 'audit.log');
  ({ hub, ask } = await startControlledHub(world, hubIsKube ? [] : [`--audit-log-file=${auditLog}`]));
  member = await startTestMember(world, 'store17');
  portal = await newServiceAccountCaller(hub, 'portal', RULES);
  stranger = await newServiceAccountCaller(hub, 'stranger', []);
});

afterAll(() => world.stop());

/** First as who may not, then as who may. */
async function refusedThenDone(method: string, target: string, body?: object): Promise<ControlAnswer> {
  const refused = await ask(stranger, method, target, body);
  expect([refused.status, refused.json['title']]).toEqual([403, 'Not allowed']);
  expect(refused.json['detail']).toContain('system:serviceaccount:default:stranger');
  return ask(portal, method, target, body);
}

async function newToken(body: object): Promise<ControlAnswer> {
  const answer = await refusedThenDone('POST', '/tokens', body);
  expect(answer.status).toBe(201);
  return answer;
}

/** The one who waits for this cluster name. */
function waiting(cluster: string): Promise<string> {
  return eventually(`${cluster} waits`, async () => {
    const { items } = (await ask(portal, 'GET', '/approvals')).json;
    return items.find((item) => item['cluster'] === cluster)?.['name'] as string | undefined;
  }) as Promise<string>;
}

describe('a cluster', () => {
  test('is let in by an approval, described, changed and removed', async () => {
    const { json: created } = await newToken({ clusterName: 'store17', requireApproval: true });
    expect(created['registerCommand']).toContain(`pullet register ${hub.endpoint} --token ${created['token']}`);

    const joining = registerMember(world, { hub, member, token: String(created['token']) });
    const name = await waiting('store17');
    expect((await refusedThenDone('GET', '/approvals')).json.items).toMatchObject([{ cluster: 'store17' }]);
    expect((await refusedThenDone('POST', `/approvals/${name}/approve`)).json).toMatchObject({ decision: 'approved' });
    const agent = await startTestAgent(world, member, await joining);
    await untilReady(hub, 'store17', 'True');

    expect((await refusedThenDone('GET', '/clusters')).json.items).toMatchObject([{ name: 'store17', ready: 'True' }]);
    expect((await refusedThenDone('GET', '/clusters/store17')).json).toMatchObject({
      syncMode: 'Pull',
      cordoned: false,
    });
    const change = { cordoned: true, labels: { env: 'prod' }, displayName: 'Store 17', description: 'in the harbour' };
    expect((await refusedThenDone('PATCH', '/clusters/store17', change)).json).toMatchObject(change);
    expect((await ask(portal, 'GET', '/clusters?labelSelector=env%3Dprod')).json.items).toHaveLength(1);
    const { json } = await refusedThenDone('GET', '/clusters/store17/certificate');
    expect(json.keys.map(({ state }) => state)).toEqual(['current']);

    expect((await refusedThenDone('DELETE', '/clusters/store17')).status).toBe(202);
    await eventually('it is gone', () => hub.client.get(clusters, { name: 'store17' }).then(() => false, isNotFound));
    expect((await ask(portal, 'GET', '/clusters/store17')).status).toBe(404);
    await agent.stop();
  });

  test('that is rejected is told why, and does not come in', async () => {
    const { json } = await newToken({ requireApproval: true });
    const joining = registerMember(world, { hub, member, clusterName: 'unknown', token: String(json['token']) });
    const outcome = joining.then(() => 'joined', String);
    const name = await waiting('unknown');
    const { status } = await refusedThenDone('POST', `/approvals/${name}/reject`, { reason: 'not one of ours' });
    expect(status).toBe(200);
    expect(await outcome).toContain('not one of ours');
    expect((await ask(portal, 'POST', `/approvals/${name}/approve`)).status).toBe(409);
  });

  test('is found page by page', async () => {
    const names = ['page-1', 'page-2', 'page-3'];
    for (const name of names) {
      const metadata = { name, labels: { paged: 'yes' } };
      await hub.client.create(clusters, {
        apiVersion: 'cluster.karmada.io/v1alpha1',
        kind: 'Cluster',
        metadata,
        spec: { syncMode: 'Pull' },
      });
    }
    const first = (await ask(portal, 'GET', '/clusters?limit=2&labelSelector=paged')).json;
    expect(first.items.map((item) => item['name'])).toEqual(['page-1', 'page-2']);
    const more = encodeURIComponent(String(first['continue']));
    const second = (await ask(portal, 'GET', `/clusters?limit=2&labelSelector=paged&continue=${more}`)).json;
    expect([second.items.map((item) => item['name']), second['continue']]).toEqual([['page-3'], undefined]);
    expect((await ask(portal, 'GET', '/clusters?continue=x')).status).toBe(400);
  });
});

describe('a token', () => {
  test('is listed without its secret half, and good for nothing once it is deleted', async () => {
    const { json } = await newToken({ description: 'to be ended' });
    const list = await refusedThenDone('GET', '/tokens');
    expect(list.json.items.filter((item) => item['id'] === json['id'])).toMatchObject([{ description: 'to be ended' }]);
    expect(list.text).not.toContain(String(json['token']).split('.')[1]);
    expect((await refusedThenDone('DELETE', `/tokens/${json['id']}`)).status).toBe(204);
    expect((await ask(portal, 'DELETE', `/tokens/${json['id']}`)).status).toBe(404);
    await expect(
      registerMember(world, { hub, member, clusterName: 'late', token: String(json['token']), timeoutMs: 2000 }),
    ).rejects.toThrow();
  });
});

describe('a caller', () => {
  test('who presents nothing, or nothing good, is nobody', async () => {
    expect((await ask({}, 'GET', '/clusters')).status).toBe(401);
    const { status, headers } = await ask({ token: 'made-up' }, 'GET', '/clusters');
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer realm="pullet"']);
  });

  test('needs no credential for the health and the description', async () => {
    expect((await ask({}, 'GET', '/health')).json).toMatchObject({ status: 'ok' });
    expect((await ask({}, 'GET', '/openapi.json')).json).toMatchObject({ openapi: '3.1.0' });
  });

  test('with the certificate of an administrator may do all on the embedded API, and is nobody elsewhere', async () => {
    const { certPem = '', keyPem = '' } = (await loadKubeconfig({ path: hub.kubeconfig })).transport;
    expect(certPem).not.toBe('');
    expect((await ask({ certPem, keyPem }, 'GET', '/clusters')).status).toBe(hubIsKube ? 401 : 200);
  });

  test('with the certificate of an agent may not list the clusters', async () => {
    const agentKubeconfig = await registerMember(world, { hub, member, clusterName: 'curious' });
    const { certPem = '', keyPem = '' } = (await loadKubeconfig({ path: agentKubeconfig })).transport;
    expect((await ask({ certPem, keyPem }, 'GET', '/clusters')).status).toBe(hubIsKube ? 401 : 403);
  });

  test.skipIf(hubIsKube)('is in the audit log by name, and no secret is', async () => {
    const before = (await auditedCreates()).length;
    const { json } = await newToken({});
    const [refused, done] = (await eventually('the audit log tells of both', async () => {
      const events = (await auditedCreates()).slice(before);
      return events.length >= 2 ? events : undefined;
    })) as AuditEvent[];
    const outcome = ({ user, responseStatus }: AuditEvent) => [user.username, responseStatus.code];
    expect(outcome(refused!)).toEqual(['system:serviceaccount:default:stranger', 403]);
    expect(outcome(done!)).toEqual(['system:serviceaccount:default:portal', 201]);
    expect(await readFile(auditLog, 'utf8')).not.toContain(String(json['token']).split('.')[1]);
  });
});

interface AuditEvent {
  verb: string;
  user: { username: string };
  userAgent?: string;
  objectRef?: { resource?: string };
  responseStatus: { code: number };
}

/** Of tokens, by this API. */
async function auditedCreates(): Promise<AuditEvent[]> {
  const lines = (await readFile(auditLog, 'utf8')).trimEnd().split('\n');
  const events = lines.map((line): AuditEvent => JSON.parse(line));
  return events.filter(
    ({ verb, objectRef, userAgent = '' }) =>
      verb === 'create' && objectRef?.resource === 'secrets' && userAgent.startsWith('pullet-control/'),
  );
}
