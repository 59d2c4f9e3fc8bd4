import { beforeEach, describe, expect, test } from 'vitest';
import { certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import { services } from '../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import type { Endpoint } from '../factory.ts';
import { type FakeShell, newFakeShell } from '../fake-shell.ts';

/** `pullet init` and `pullet help` as typed: what they print, and their exit codes. */

let kube: FakeKube;
let endpoint: Endpoint;
let shell: FakeShell;

beforeEach(() => {
  kube = newFakeKube();
  kube.documents.set('/version', { gitVersion: 'v1.32.1' });
  const isSigned = ({ object, deleted }: { object: KubeObject; deleted: boolean }): void => {
    const { conditions = [] } = (object as { status?: { conditions?: object[] } }).status ?? {};
    if (deleted || conditions.length !== 1) return;
    const status = { conditions: [...conditions, { type: 'Failed', status: 'True' }] };
    queueMicrotask(() => kube.put(certificateSigningRequests, { ...object, status } as KubeObject));
  };
  const type = certificateSigningRequests;
  kube.newInformer({ client: kube.client, type, clock: newFakeClock(), log: undefined as never }).addHandler(isSigned);
  endpoint = { server: 'https://hub.example.com:6443', clusterName: 'hub', caPem: 'ca' };
  shell = newFakeShell(kube.client, { hubEndpoint: async () => endpoint, clock: newEagerClock() });
});

/** Time goes on as fast as a command waits for it. */
function newEagerClock(): Clock {
  let nowMs = Date.UTC(2026, 0, 1);
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    setTimeout: (task, delayMs) => {
      nowMs += delayMs;
      setImmediate(task);
      return () => undefined;
    },
  };
}
const writes = () => kube.requests.filter((request) => !/^(get|list|raw)/.test(request));

describe('pullet init', () => {
  test('ends with what to do next', async () => {
    expect(await shell.pullet('init --kubeconfig hub.kubeconfig --no-deploy')).toBe(0);
    expect(shell.out).toContain('clusterrole.rbac.authorization.k8s.io/pullet-hub created\n');
    expect(shell.out).toContain('pullet hub --kubeconfig hub.kubeconfig\n');
    expect(shell.out).toMatch(/\n {2}pullet token create --print-register-command --kubeconfig hub\.kubeconfig\n$/);
    expect(kube.list('deployments.apps')).toEqual([]);
  });

  test('says what stays of a control-plane API that is served no more', async () => {
    const words = 'kubectl delete service,secret,role,rolebinding -n pullet-system pullet-hub-control\n';
    await shell.pullet('init --no-deploy');
    expect(shell.out).not.toContain(words);
    const metadata = { name: 'pullet-hub-control', namespace: 'pullet-system' };
    kube.put(services, { apiVersion: 'v1', kind: 'Service', metadata });
    await shell.pullet('init --no-deploy');
    expect(shell.out).toContain(words);
  });

  test('prints manifests that one can apply, and writes nothing', async () => {
    expect(await shell.pullet('init --image hub:1 --replicas 3 --hub-flag --approval=manual -o yaml')).toBe(0);
    expect(shell.out.split('---\n')).toHaveLength(30);
    expect(shell.out).toContain('image: hub:1');
    expect(shell.out).toContain('replicas: 3');
    expect(shell.out).toContain('- --in-cluster\n            - --log-format=json\n            - --approval=manual\n');
    expect(writes()).toEqual([]);
  });

  test.each([
    ['init', '--image is required'],
    ['init --image x --replicas 0', '--replicas must be at least 1'],
    ['init --no-deploy --advertise-address 0.0.0.0:6443', 'that members can reach'],
    ['init --no-deploy --advertise-address https://hub:6443', 'give HOST[:PORT]'],
    ['init --no-deploy -o json', 'must be one of yaml'],
    ['init --image x --hub-flag approval', 'give --NAME=VALUE'],
    ['init --image x --hub-flag=--health-probe-bind-address=:1', 'are sent to port 10357'],
    ['init --no-deploy --control-api', 'is for the hub in the cluster'],
    ['init --image x --control-api --hub-flag=--control-listen=:1', 'leave out the --hub-flag'],
  ])('%s is a wrong command line', async (line, message) => {
    expect(await shell.pullet(line)).toBe(2);
    expect(shell.err).toContain(message);
    expect(kube.requests).toEqual([]);
  });

  test('says why a loopback address is of no use, and takes one that is given', async () => {
    endpoint = { ...endpoint, server: 'https://127.0.0.1:6443' };
    expect(await shell.pullet('init --no-deploy')).toBe(1);
    expect(shell.err).toContain('which members can not reach');
    expect(writes()).toEqual([]);
    expect(await shell.pullet('init --no-deploy --advertise-address hub.example.com')).toBe(0);
    expect(shell.out).toContain('members reach https://hub.example.com:6443');
  });

  test('takes back what it made', async () => {
    await shell.pullet('init --no-deploy');
    shell.out = '';
    expect(await shell.pullet('init --uninstall --dry-run')).toBe(0);
    expect(shell.out).toContain('clusterrole.rbac.authorization.k8s.io/pullet-hub deleted (dry run)\n');
  });
});

describe('pullet help', () => {
  test.each([
    ['help token create', 'Usage: pullet token create'],
    ['help init', 'Usage: pullet init'],
    ['help agent', 'pullet agent --cluster-name NAME'],
    ['help', 'Usage: pullet [options]'],
    // Defaults as they would be typed; what is off goes without saying.
    ['prune --help', 'not at all (default: 60s)'],
    ['diff --help', "the cluster's agent (default: 30s)"],
    ['cordon --help', 'change nothing --kubeconfig'],
  ])('%s shows what was asked for', async (line, text) => {
    expect(await shell.pullet(line)).toBe(0);
    expect(shell.out.replace(/\s+/g, ' ')).toContain(text);
  });

  test.each(['', 'register', 'cert renew', 'doctor', 'unregister', 'agent'])(
    '%s fits a terminal of 80 columns, but for what is to be typed',
    async (words) => {
      await shell.pullet(...words.split(' '), '--help');
      const lines = shell.out.split('\n').filter((line) => !/^ +(pullet|--cluster-name|#) /.test(line));
      expect(lines.length).toBeGreaterThan(10);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    },
  );

  test('does not know every command', async () => {
    expect(await shell.pullet('help frobnicate')).toBe(2);
    expect(shell.err).toContain("unknown command 'frobnicate'");
  });
});

test.each([
  ['agent', '--cluster-name is required'],
  [
    'register hub:1 --token a.b --discovery-token-ca-cert-hash sha256:a --karmada-agent-image i --cluster-name A_B',
    'invalid cluster name(A_B)',
  ],
])('%s says what is wrong with the name, and that the command line is', async (line, message) => {
  expect(await shell.pullet(line)).toBe(2);
  expect(shell.err).toContain(message);
});
