import { expect, test } from 'vitest';
import { CONTROL_STEP } from '../install/hub-control.ts';
import { hubDeploymentSteps } from '../install/hub-deployment.ts';
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

function containerOf(servesControl: boolean): ProbedContainer {
  const item = hubDeploymentSteps({ image: 'hub', replicas: 2, servesControl }).flat().at(-1);
  if (!item) throw new Error('no Deployment');
  const { spec } = item.object as unknown as { spec: { template: { spec: { containers: [ProbedContainer] } } } };
  return spec.template.spec.containers[0];
}

test('the Deployment of `pullet init` serves the control-plane API where its Service looks, with the certificate of its Secret', () => {
  const { args, ports } = containerOf(true);
  const control = parseHubOptions(args, {})?.control;
  expect(ports).toContainEqual({ name: 'control', containerPort: control?.port });
  const [secret, service] = CONTROL_STEP;
  expect(secret?.object.metadata).toMatchObject({
    namespace: control?.tlsSecret?.namespace,
    name: control?.tlsSecret?.name,
  });
  expect(service?.object).toMatchObject({ spec: { ports: [{ targetPort: 'control' }] } });
  expect(control?.tlsSecret?.names).toContain('pullet-hub-control.pullet-system.svc');
});

test('the Deployment of `pullet init` is probed where its hub listens', () => {
  const container = containerOf(false);
  const api = parseHubOptions(container.args, {})?.api as RealApiOptions | undefined;
  const at = Object.fromEntries(container.ports.map(({ name, containerPort }) => [name, `:${containerPort}`]));
  expect(at).toEqual({ health: api?.healthAddress, metrics: api?.metricsAddress });
  expect(container.livenessProbe).toMatchObject({ httpGet: { path: '/healthz', port: 'health' } });
  expect(container.readinessProbe).toMatchObject({ httpGet: { path: '/readyz', port: 'health' } });
});
