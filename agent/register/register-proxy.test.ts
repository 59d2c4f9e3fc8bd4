import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Deployment } from '../../shared/apis/apps/v1.ts';
import type { Secret } from '../../shared/apis/core/v1.ts';
import { ProxyError } from '../../shared/client/proxy.ts';
import { TransportError } from '../../shared/client/transport.ts';
import { parseHubKubeconfig } from './hub-kubeconfig.ts';
import { proxyNote } from './proxy-note.ts';
import { newRegisterWorld, type RegisterWorld, registerOptions, runRegister } from './register-fixture.ts';

const proxyUrl = 'http://me:word@proxy:3128';

let world: RegisterWorld;
beforeEach(() => {
  world = newRegisterWorld();
});
afterEach(() => world.close());

function storedKubeconfig() {
  const secret = world.member.get('secrets', 'karmada-system/karmada-kubeconfig') as unknown as Secret;
  return parseHubKubeconfig(Buffer.from(secret.data?.['karmada-kubeconfig'] ?? '', 'base64').toString());
}

describe('register --proxy-url', () => {
  test('dials the hub through the proxy each time, and the agent will', async () => {
    await runRegister(world, registerOptions({ proxyUrl }));
    expect(new Set(world.connections.map((to) => to.proxyUrl))).toEqual(new Set([proxyUrl]));
    expect(storedKubeconfig()?.proxyUrl).toBe(proxyUrl);
  });

  test('shows its password to nobody', async () => {
    await runRegister(world, registerOptions({ proxyUrl, output: 'yaml' }));
    expect(world.lines.join('\n')).toContain('through the proxy http://proxy:3128 (proxy-url)');
    expect([...world.lines, ...world.texts].join('\n')).not.toContain('word');
  });

  test('given to the second run of an interrupted join changes the proxy and asks for nothing else', async () => {
    world.member.before = (request) => {
      if (request.startsWith('create deployments')) throw new TransportError('cut');
    };
    await expect(runRegister(world)).rejects.toThrow('cut');
    world.member.before = () => undefined;
    const asked = world.hub.requests.length;
    await runRegister(world, registerOptions({ proxyUrl }));
    expect(storedKubeconfig()?.proxyUrl).toBe(proxyUrl);
    expect(world.hub.requests).toHaveLength(asked);
  });

  test('that does not let the hub through says what the proxy says', async () => {
    const fix = 'Have the proxy let CONNECT through.';
    world.hub.before = () => {
      throw new ProxyError('the proxy http://proxy:3128 (proxy-url) answered 403 Forbidden', { fix, status: 403 });
    };
    await expect(runRegister(world, registerOptions({ proxyUrl }))).rejects.toThrow(
      `couldn't validate the identity of the API Server: the proxy http://proxy:3128 (proxy-url) answered 403 Forbidden\n${fix}`,
    );
  });
});

test('--agent-env is the environment of the agent’s container', async () => {
  const agentEnv = [{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }];
  await runRegister(world, registerOptions({ agentEnv }));
  const deployment = world.member.get('deployments.apps', 'karmada-system/karmada-agent') as unknown as Deployment;
  expect(deployment.spec?.template.spec?.containers[0]?.['env']).toEqual(agentEnv);
});

test('resources and tolerations are those of the agent’s pod', async () => {
  const agentPod = {
    requests: { cpu: '1' },
    limits: { memory: '1Gi' },
    tolerations: [{ key: 'edge', operator: 'Exists' as const }],
  };
  await runRegister(world, registerOptions({ agentPod }));
  const deployment = world.member.get('deployments.apps', 'karmada-system/karmada-agent') as unknown as Deployment;
  const pod = deployment.spec?.template.spec;
  expect(pod?.containers[0]?.['resources']).toEqual({
    requests: { cpu: '1', memory: '64Mi' },
    limits: { memory: '1Gi' },
  });
  expect(pod?.['tolerations']).toContainEqual({ key: 'edge', operator: 'Exists' });
});

describe('a proxy that only this command’s environment names', () => {
  const env = { HTTPS_PROXY: proxyUrl };
  test('is told, with how the agent would get it', () => {
    const [line, hint] = proxyNote(registerOptions(), env);
    expect(line).toBe('[preflight] The hub is dialled through the proxy http://proxy:3128 (HTTPS_PROXY)');
    expect(hint).toContain('--proxy-url, or --agent-env HTTPS_PROXY=');
  });

  test('is told without that where the agent has one, and not at all where NO_PROXY leaves the hub out', () => {
    const agentEnv = [{ name: 'HTTPS_PROXY', value: 'http://other:3128' }];
    expect(proxyNote(registerOptions({ agentEnv }), env)).toHaveLength(1);
    expect(proxyNote(registerOptions(), { ...env, NO_PROXY: '.example' })).toEqual([]);
  });
});
