import { loadAll } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { TransportError } from '../../shared/client/transport.ts';
import { putCluster } from '../../shared/controller/put-cluster.ts';
import { AGENT_KINDS, AGENT_WORKLOADS, type AgentKind, otherKind } from './agent-workload.ts';
import { newRegisterWorld, type RegisterWorld, registerOptions, runRegister } from './register-fixture.ts';
import { unregister } from './unregister.ts';

/** The agent as a Deployment and as a DaemonSet: either way the same steps, and never both. */

let world: RegisterWorld;

beforeEach(() => {
  world = newRegisterWorld();
});
afterEach(() => world.close());

const installed = (): string[] =>
  AGENT_KINDS.filter((kind) =>
    world.member.get(`${AGENT_WORKLOADS[kind].resource}.apps`, 'karmada-system/karmada-agent'),
  );

/** A registration that is cut off when it would wait for the agent to be rolled out. */
async function interrupted(agentKind: AgentKind): Promise<void> {
  const { resource } = AGENT_WORKLOADS[agentKind];
  world.member.before = (request) => {
    if (request === `get ${resource}.apps karmada-system/karmada-agent` && installed().includes(agentKind))
      throw new TransportError('cut');
  };
  await expect(runRegister(world, registerOptions({ agentKind }))).rejects.toThrow('cut');
  world.member.before = () => {};
}

const leave = (isDryRun = false): Promise<void> =>
  unregister(
    {
      clusterName: 'm1',
      namespace: 'karmada-system',
      agentName: 'karmada-agent',
      clusterNamespace: 'karmada-cluster',
      waitMs: 0,
      isDryRun,
    },
    {
      member: world.member.client,
      hub: world.hub.client,
      newHubClient: async () => world.hub.client,
      print: (line) => world.lines.push(line),
      clock: world.clock,
    },
    new AbortController().signal,
  );

describe.each(AGENT_KINDS)('as a %s', (agentKind) => {
  const former = otherKind(agentKind);

  test('the agent is installed, and no second time', async () => {
    await runRegister(world, registerOptions({ agentKind }));
    expect(installed()).toEqual([agentKind]);
    expect(world.lines).toContain(`[karmada-agent-start] Waiting karmada-agent ${agentKind}`);
    await expect(runRegister(world, registerOptions({ agentKind: former }))).rejects.toThrow(
      `karmada-system/karmada-agent ${agentKind} already exists`,
    );
  });

  test('it replaces what an interrupted run has left as the other', async () => {
    await interrupted(former);
    expect(installed()).toEqual([former]);
    await runRegister(world, registerOptions({ agentKind, isDryRun: true }));
    expect(world.lines).toContain(
      `Would delete from the member: ${former} karmada-system/karmada-agent, which the ${agentKind} replaces`,
    );
    expect(installed()).toEqual([former]);
    await runRegister(world, registerOptions({ agentKind }));
    expect(installed()).toEqual([agentKind]);
  });

  test('-o yaml prints it, and says what is to be deleted', async () => {
    await interrupted(former);
    await runRegister(world, registerOptions({ agentKind, output: 'yaml' }));
    const kinds = loadAll(world.texts.join('')).map((object) => (object as KubeObject).kind);
    expect(kinds).toEqual(['ClusterRole', 'ServiceAccount', 'ClusterRoleBinding', agentKind]);
    expect(world.lines.join('\n')).toContain(`Delete the ${former} karmada-system/karmada-agent of an earlier run`);
    expect(installed()).toEqual([former]);
  });

  test('it leaves with the cluster, and is named in a dry run', async () => {
    await runRegister(world, registerOptions({ agentKind }));
    putCluster(world.hub, 'Pull');
    await leave(true);
    expect(world.lines).toContain(`Would delete {${agentKind} karmada-agent karmada-system} from the member`);
    expect(world.lines.join('\n')).not.toContain(`{${former} `);
    await leave();
    expect(installed()).toEqual([]);
  });
});

test('a DaemonSet without a node is told at once, with what to do', async () => {
  world.nodes = 0;
  await expect(runRegister(world, registerOptions({ agentKind: 'DaemonSet' }))).rejects.toThrow(
    /is for no node of the member: none has node-role\.kubernetes\.io\/control-plane=\n.*--agent-node-selector/,
  );
});

test('who may not read DaemonSets can install a Deployment', async () => {
  world.member.before = (request) => {
    if (request.includes('daemonsets')) throw newForbidden({ resource: 'daemonsets' }, 'not yours');
  };
  await runRegister(world, registerOptions());
  expect(installed()).toEqual(['Deployment']);
});
