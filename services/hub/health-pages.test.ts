import { expect, test } from 'vitest';
import { hubDeploymentStep } from '../install/hub-deployment.ts';
import { type HubHealth, serveHealth } from './health-pages.ts';
import { parseHubOptions, type RealApiOptions } from './options.ts';

const anywhere = { healthAddress: '127.0.0.1:0', metricsAddress: '127.0.0.1:0' };

/** Status and text of a page of a replica in that state. */
async function ask(health: HubHealth, path: string): Promise<[number, string]> {
  const [server] = await serveHealth(anywhere, health);
  try {
    const answer = await fetch(`http://127.0.0.1:${server?.port}${path}`);
    return [answer.status, await answer.text()];
  } finally {
    await server?.close();
  }
}

const controllers = (hasSynced: boolean): Required<Pick<HubHealth, 'controllers'>> => ({
  controllers: {
    hasSynced: () => hasSynced,
    controllers: [{ name: 'cluster', depth: () => 3, enqueue: () => {}, enqueueAfter: () => {}, run: async () => {} }],
  },
});

test.each<[what: string, health: Partial<HubHealth>, alive: number, ready: number]>([
  ['that starts is alive and not ready', {}, 200, 500],
  ['that stands by is ready', { isStandby: true }, 200, 200],
  [
    'that leads is not ready before its controllers know anything',
    { isStandby: true, ...controllers(false) },
    200,
    500,
  ],
  ['that leads is ready when they do', controllers(true), 200, 200],
  ['that stops is neither', { isStopping: true, ...controllers(true) }, 500, 500],
])('a replica %s', async (_what, state, alive, ready) => {
  const health = { isStopping: false, isStandby: false, ...state };
  expect((await ask(health, '/healthz'))[0]).toBe(alive);
  expect((await ask(health, '/livez'))[0]).toBe(alive);
  expect((await ask(health, '/readyz?verbose'))[0]).toBe(ready);
});

test('numbers for Prometheus: who leads, and what waits there', async () => {
  const standby = { isStopping: false, isStandby: true };
  const [status, text] = await ask({ ...standby, ...controllers(true) }, '/metrics');
  expect(status).toBe(200);
  expect(text).toContain('\npullet_hub_leading 1\n');
  expect(text).toContain('\nworkqueue_depth{name="cluster"} 3\n');
  const follower = (await ask(standby, '/metrics'))[1];
  expect(follower).toContain('\npullet_hub_leading 0\n');
  expect(follower).not.toContain('workqueue_depth');
});

interface ProbedContainer {
  args: string[];
  ports: { name: string; containerPort: number }[];
  livenessProbe: object;
  readinessProbe: object;
}

test('the Deployment of `pullet init` is probed where its hub listens', () => {
  const [item] = hubDeploymentStep({ image: 'hub', replicas: 2 });
  if (!item) throw new Error('no Deployment');
  const { spec } = item.object as unknown as { spec: { template: { spec: { containers: [ProbedContainer] } } } };
  const [container] = spec.template.spec.containers;
  const api = parseHubOptions(container.args, {})?.api as RealApiOptions | undefined;
  const at = Object.fromEntries(container.ports.map(({ name, containerPort }) => [name, `:${containerPort}`]));
  expect(at).toEqual({ health: api?.healthAddress, metrics: api?.metricsAddress });
  expect(container.livenessProbe).toMatchObject({ httpGet: { path: '/healthz', port: 'health' } });
  expect(container.readinessProbe).toMatchObject({ httpGet: { path: '/readyz', port: 'health' } });
});
