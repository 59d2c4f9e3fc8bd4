import { beforeEach, describe, expect, test } from 'vitest';
import type { Cluster } from '../../shared/apis/cluster/v1alpha1.ts';
import { configMaps, type Secret, secrets } from '../../shared/apis/core/v1.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { putCluster } from '../../shared/controller/put-cluster.ts';
import { newCa } from '../../shared/pki/x509.ts';
import { type FakeShell, newFakeShell } from '../fake-shell.ts';

/** Command lines against a hub in memory: what they write there, what they print, and their exit codes. */

let hub: FakeKube;
let shell: FakeShell;
const clock = newFakeClock(Date.UTC(2026, 0, 1));
const { certificatePem: caPem } = await newCa({ commonName: 'ca', days: 1, now: Date.now() });

beforeEach(() => {
  hub = newFakeKube();
  hub.documents.set('/apis/cluster.karmada.io/v1alpha1', {});
  hub.documents.set('/apis/apiregistration.k8s.io/v1/apiservices/v1alpha1.cluster.karmada.io', {});
  const endpoint = { server: 'https://hub.example.com:6443', clusterName: 'hub', caPem };
  const member = newFakeKube().client;
  shell = newFakeShell(hub.client, { hubEndpoint: async () => endpoint, memberClient: async () => member, clock });
});

const decode = (secret: Secret | undefined, key: string): string | undefined =>
  secret?.data?.[key] === undefined ? undefined : Buffer.from(secret.data[key], 'base64').toString();
const tokenSecrets = (): Secret[] => hub.list('secrets') as unknown as Secret[];

describe('pullet token', () => {
  test('create prints the token that the Secret holds, which ends when it says', async () => {
    expect(await shell.pullet('token create --ttl 90m')).toBe(0);
    const [secret] = tokenSecrets();
    expect(shell.out).toBe(`${decode(secret, 'token-id')}.${decode(secret, 'token-secret')}\n`);
    expect(decode(secret, 'expiration')).toBe('2026-01-01T01:30:00Z');
    expect(decode(secret, 'auth-extra-groups')).toBe('system:bootstrappers:pullet:default-cluster-token');
  });

  test('create --ttl 0 makes one that never ends', async () => {
    expect(await shell.pullet('token create --ttl 0')).toBe(0);
    expect(tokenSecrets()[0]?.data).not.toHaveProperty('expiration');
  });

  test('create --print-register-command prints the line to run, with the pin of the CA', async () => {
    expect(await shell.pullet('token create --print-register-command')).toBe(0);
    expect(shell.out).toMatch(
      /^pullet register hub\.example\.com:6443 --token [a-z0-9]{6}\.[a-z0-9]{16} --discovery-token-ca-cert-hash sha256:[0-9a-f]{64}\n$/,
    );
  });

  test('none is made in a cluster that is no hub', async () => {
    hub.documents.delete('/apis/cluster.karmada.io/v1alpha1');
    expect(await shell.pullet('token create')).toBe(1);
    expect(shell.err).toContain('error: this cluster is no hub: it does not serve clusters.cluster.karmada.io\n');
    expect(tokenSecrets()).toEqual([]);
  });

  test('a hub that is out of reach is asked once, since who asks waits long for each', async () => {
    const asked: string[] = [];
    const raw: typeof hub.client.raw = async ({ path }) => {
      asked.push(path);
      throw new Error('connect ETIMEDOUT 192.0.2.1:6443');
    };
    shell.factory = { ...shell.factory, hubClient: async () => ({ ...hub.client, raw }) };
    expect(await shell.pullet('token create')).toBe(1);
    expect(shell.err).toContain('ETIMEDOUT');
    expect(asked).toHaveLength(1);
  });

  test('no token is left behind when the command can not be printed', async () => {
    shell.factory = { ...shell.factory, hubEndpoint: async () => ({ server: 'https://hub', clusterName: 'hub' }) };
    expect(await shell.pullet('token create --print-register-command')).toBe(1);
    expect(shell.err).toContain('has no certificate-authority-data');
    expect(tokenSecrets()).toEqual([]);
  });

  test.each([
    [
      'what newcomers are told, where the kubeconfig names this machine',
      'https://127.0.0.1:6443',
      'told.example.com:6443',
    ],
    [
      'the address of the kubeconfig, where members can reach it',
      'https://hub.example.com:6443',
      'hub.example.com:6443',
    ],
  ])('create prints %s', async (_what, server, expected) => {
    hub.put(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cluster-info', namespace: 'kube-public' },
      data: { kubeconfig: 'clusters:\n- cluster: {server: "https://told.example.com:6443"}\n  name: ""\n' },
    } as never);
    shell.factory = { ...shell.factory, hubEndpoint: async () => ({ server, clusterName: 'hub', caPem }) };
    expect(await shell.pullet('token create --print-register-command')).toBe(0);
    expect(shell.out).toMatch(new RegExp(`^pullet register ${expected} --token `));
  });

  test('list shows what create made', async () => {
    await shell.pullet('token create --description shop');
    shell.out = '';
    expect(await shell.pullet('token list')).toBe(0);
    expect(shell.out).toMatch(/^TOKEN +TTL +EXPIRES +USAGES +DESCRIPTION +EXTRA GROUPS/);
    expect(shell.out).toMatch(/ 1d +2026-01-02T00:00:00Z +(signing,authentication|authentication,signing) +shop /);
  });

  test('delete takes an id or the whole token, and never repeats what it can not read', async () => {
    await shell.pullet('token create');
    const token = shell.out.trim();
    shell.out = '';
    expect(await shell.pullet(`token delete ${token}`)).toBe(0);
    expect(shell.out).toBe(`bootstrap token "${token.slice(0, 6)}" deleted\n`);
    expect(await shell.pullet('token delete abcdef')).toBe(1);
    expect(shell.err).toContain('there is no bootstrap token "abcdef"');
    shell.err = '';
    expect(await shell.pullet('token delete not-a-token-but-a-secret')).toBe(2);
    expect(shell.err).not.toContain('not-a-token-but-a-secret');
  });

  test.each([
    ['token create --ttl soon', 'invalid value "soon" for --ttl'],
    ['token create --usages flying', 'invalid value "flying" for --usages'],
    ['token create --groups admins', 'invalid value "admins" for --groups'],
  ])('%s is a wrong command line', async (line, message) => {
    expect(await shell.pullet(line)).toBe(2);
    expect(shell.err).toContain(message);
    expect(tokenSecrets()).toEqual([]);
  });
});

describe('pullet cordon, uncordon and taint', () => {
  const taints = (): unknown => {
    const cluster = hub.get('clusters.cluster.karmada.io', 'm1') as unknown as Cluster | undefined;
    return cluster?.spec.taints;
  };
  beforeEach(() => putCluster(hub, 'Pull'));

  test('cordon adds the taint once', async () => {
    expect(await shell.pullet('cordon m1')).toBe(0);
    expect(taints()).toEqual([{ key: 'cluster.karmada.io/unschedulable', effect: 'NoSchedule' }]);
    expect(await shell.pullet('cordon m1')).toBe(0);
    expect(shell.out).toBe('m1 cluster cordoned\nm1 cluster already cordoned\n');
  });

  test('a dry run changes nothing', async () => {
    expect(await shell.pullet('cordon m1 --dry-run')).toBe(0);
    expect(await shell.pullet('taint clusters m1 a:NoSchedule --dry-run=true')).toBe(0);
    expect(taints()).toBeUndefined();
    expect(shell.out).toBe('m1 cluster cordoned\ncluster/m1 tainted\n');
  });

  test.each([
    ['taint nodes m1 a:NoSchedule', 'invalid resource type nodes'],
    ['taint clusters m1', 'at least one taint update is required'],
    ['taint clusters a:NoSchedule', 'at least one resource name must be specified'],
    ['taint clusters a:NoSchedule m1', 'all resources must be specified before taint changes: m1'],
  ])('%s is a wrong command line', async (line, message) => {
    expect(await shell.pullet(line)).toBe(2);
    expect(shell.err).toContain(message);
  });

  test('taint checks every cluster before it changes the first', async () => {
    expect(await shell.pullet('taint clusters m1 m2 a:NoSchedule')).toBe(1);
    expect(shell.err).toBe('Error from server (NotFound): clusters.cluster.karmada.io "m2" not found\n');
    expect(taints()).toBeUndefined();
  });
});

describe('pullet get', () => {
  const tableOf = (object: object) => ({
    columnDefinitions: [
      { name: 'Name', type: 'string' },
      { name: 'Ready', type: 'string' },
      { name: 'Region', type: 'string', priority: 1 },
    ],
    rows: [{ cells: ['m1', 'True', null], object }],
  });
  const metadata = { name: 'm1' };
  const conditions = [{ type: 'OrphanedObjects', status: 'True' }];
  beforeEach(() => {
    hub.documents.set('/apis/cluster.karmada.io/v1alpha1/clusters', tableOf({ metadata }));
    const withObjects = '/apis/cluster.karmada.io/v1alpha1/clusters?includeObject=Object';
    hub.documents.set(withObjects, tableOf({ metadata, status: { conditions } }));
  });

  test.each([
    ['get clusters', 'NAME   READY\nm1     True\n'],
    ['get clusters -o wide', 'NAME   READY   REGION\nm1     True\n'],
    ['get clusters -o name', 'cluster.cluster.karmada.io/m1\n'],
    ['get clusters --no-headers', 'm1     True\n'],
  ])('%s prints what kubectl would', async (line, expected) => {
    expect(await shell.pullet(line)).toBe(0);
    expect(shell.out).toBe(expected);
  });

  test.each([
    ['get clusters', 'note: objects in m1 wait for a person\'s word: see "pullet get works --orphans"\n'],
    ['get clusters -o wide', 'note: objects in m1 wait for a person\'s word: see "pullet get works --orphans"\n'],
    ['get clusters other', ''],
    ['get clusters -o name', ''],
    ['get clusters --no-headers', ''],
  ])('%s says beside the table where there is what nobody may delete: "%s"', async (line, expected) => {
    const other = '/apis/cluster.karmada.io/v1alpha1/clusters/other?includeObject=Object';
    const settled = [{ type: 'OrphanedObjects', status: 'False' }];
    hub.documents.set(other, tableOf({ metadata: { name: 'other' }, status: { conditions: settled } }));
    expect(await shell.pullet(line)).toBe(0);
    expect(shell.err).toBe(expected);
  });

  test.each(['clusters', 'clusters m1'])(
    'get %s -o json leaves out who owns which field, as kubectl does',
    async (which) => {
      const owned = { metadata: { ...metadata, uid: 'u', managedFields: [{ manager: 'pullet-agent' }] }, spec: {} };
      const path = `/apis/cluster.karmada.io/v1alpha1/${which.replace(' ', '/')}`;
      hub.documents.set(path, which === 'clusters' ? { items: [owned] } : owned);
      expect(await shell.pullet(`get ${which} -o json`)).toBe(0);
      const told = JSON.parse(shell.out);
      expect((told.items ?? [told]).map((item: Cluster) => item.metadata)).toEqual([{ name: 'm1', uid: 'u' }]);
    },
  );

  test('get -o json has the ends of 64-bit integers as they are, which JavaScript rounds', async () => {
    const cluster = { metadata, spec: JSON.parse('{"n":9223372036854775807}') };
    hub.documents.set('/apis/cluster.karmada.io/v1alpha1/clusters/m1', cluster);
    expect(await shell.pullet('get clusters m1 -o json')).toBe(0);
    expect(shell.out).toContain('"n": 9223372036854775807\n');
  });

  test('nothing there is said as kubectl says it', async () => {
    expect(await shell.pullet('get works')).toBe(0);
    expect(shell.out).toBe('');
    expect(shell.err).toMatch(/^No resources found in default namespace\.\nThe works of each cluster are/);
  });

  test.each([
    ['get pods', 'pullet get knows clusters and works'],
    ['get works -n  ', 'a name may not be empty'],
    ['get works a -A', 'a resource cannot be retrieved by name across all namespaces'],
    ['get clusters -o xml', 'invalid value "xml" for --output'],
  ])('%s is a wrong command line', async (line, message) => {
    expect(await shell.pullet(line)).toBe(2);
    expect(shell.err).toContain(message);
  });
});

describe('pullet register and unregister', () => {
  test.each([
    ['register hub:6443', 'token is required'],
    ['register hub:6443 --token abcdef.0123456789abcdef', 'need to verify CACertHashes'],
    ['register https://hub:6443 --token a', 'give HOST:PORT, without a scheme'],
    ['register hub --token a', 'give HOST:PORT'],
    ['register hub:6443 --token a --discovery-token-ca-cert-hash sha256:b', '--karmada-agent-image is required'],
    [
      'register hub:6443 --token a --discovery-token-ca-cert-hash sha256:b --agent-kind daemonset',
      'invalid value "daemonset" for --agent-kind: must be one of Deployment, DaemonSet',
    ],
    [
      'register hub:6443 --token a --discovery-token-ca-cert-hash sha256:b --agent-kind DaemonSet --karmada-agent-replicas 2',
      'does not go with --agent-kind=DaemonSet',
    ],
    [
      'register hub:6443 --token a --discovery-token-ca-cert-hash sha256:b --agent-kind DaemonSet --agent-kubeconfig-out f',
      '--agent-kubeconfig-out installs none',
    ],
    [
      'register hub:6443 --token a --discovery-token-ca-cert-hash sha256:b --agent-node-selector linux',
      'give labels such as kubernetes.io/os=linux',
    ],
    ['unregister m1', '--cluster-kubeconfig is required'],
  ])('%s is a wrong command line', async (line, message) => {
    expect(await shell.pullet(line)).toBe(2);
    expect(shell.err).toContain(message);
  });
});

test('a token Secret of another tool is listed too', async () => {
  hub.put(secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    data: Object.fromEntries(
      Object.entries({
        'token-id': 'abcdef',
        'token-secret': '0123456789abcdef',
        'usage-bootstrap-signing': 'true',
      }).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  } as never);
  expect(await shell.pullet('token list')).toBe(0);
  expect(shell.out).toMatch(
    /abcdef\.0123456789abcdef +<forever> +<never> +signing +<none> +<none> +<none> +<nobody>\n$/,
  );
});
