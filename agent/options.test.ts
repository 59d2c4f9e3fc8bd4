import { describe, expect, test } from 'vitest';
import { parseOptions, usage } from './options.ts';

const needed = ['--cluster-name=m1', '--karmada-kubeconfig=/hub'];
const inPod = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };

describe('the command line', () => {
  test('that register writes into the Deployment works as it is', () => {
    const args = [
      '--karmada-kubeconfig=/etc/kubeconfig/karmada-kubeconfig',
      '--cluster-name=m1',
      '--cluster-api-endpoint=https://10.1.2.3:6443',
      '--cluster-provider=',
      '--cluster-region=',
      '--cluster-zones=',
      '--controllers=*,certRotation',
      '--proxy-server-address=',
      '--leader-elect-resource-namespace=karmada-system',
      '--cluster-namespace=karmada-cluster',
      '--cluster-status-update-frequency=10s',
      '--metrics-bind-address=:8080',
      '--health-probe-bind-address=0.0.0.0:10357',
      '--v=2',
    ];
    expect(parseOptions(args, inPod)).toEqual({
      clusterName: 'm1',
      hubKubeconfig: '/etc/kubeconfig/karmada-kubeconfig',
      apiEndpoint: 'https://10.1.2.3:6443',
      zones: [],
      controllers: { status: true, delivery: true, certRotation: true },
      rotation: { checkEveryMs: 300_000, remaining: 0.3, secretNamespace: 'karmada-system' },
      memberNamespace: 'karmada-system',
      clusterNamespace: 'karmada-cluster',
      statusUpdateFrequencyMs: 10_000,
      leaseDurationSeconds: 40,
      leaseRenewIntervalFraction: 0.25,
      successThresholdMs: 30_000,
      failureThresholdMs: 30_000,
      concurrentWorkSyncs: 64,
      leaderElection: { leaseDurationMs: 12_000, renewDeadlineMs: 10_000, retryPeriodMs: 2000 },
      metricsAddress: ':8080',
      healthAddress: '0.0.0.0:10357',
      logFormat: 'text',
      verbosity: 2,
    });
  });

  test.each<[string, string[], object, object]>([
    [
      '--hub-kubeconfig is --karmada-kubeconfig',
      ['--cluster-name=m1', '--hub-kubeconfig', '/h'],
      {},
      { hubKubeconfig: '/h' },
    ],
    [
      'the environment',
      [],
      { PULLET_AGENT_CLUSTER_NAME: 'e', PULLET_AGENT_KARMADA_KUBECONFIG: '/e' },
      { clusterName: 'e' },
    ],
    [
      'nothing is served outside of a pod',
      needed,
      {},
      { controllers: { status: true, delivery: true, certRotation: true } },
    ],
    ['ports in a pod', needed, inPod, { metricsAddress: ':8080', healthAddress: ':10357' }],
    [
      'a controller left out',
      [...needed, '--controllers=*,-execution'],
      {},
      { controllers: { status: true, delivery: false, certRotation: true } },
    ],
    ['-v', [...needed, '-v', '4'], {}, { verbosity: 4 }],
    ['a flag of karmada-agent without meaning', [...needed, '--kube-api-qps=1000'], {}, { clusterName: 'm1' }],
  ])('%s', (_name, args, env, expected) => {
    expect(parseOptions(args, { ...env })).toMatchObject(expected);
  });

  test('without --leader-elect there is no election, outside of a pod no listener', () => {
    const options = parseOptions([...needed, '--leader-elect=false'], {});
    expect(options).not.toHaveProperty('leaderElection');
    expect(options).not.toHaveProperty('metricsAddress');
    expect(options).not.toHaveProperty('healthAddress');
  });

  test.each<[string[], string]>([
    [[], '--cluster-name is required'],
    [['--cluster-name=A', '--karmada-kubeconfig=/h'], 'lowercase RFC 1123 label'],
    [['--cluster-name=m1'], '--karmada-kubeconfig is required'],
    [[...needed, '--cluster-lease-renew-interval-fraction=1'], 'greater than 0 and less than 1'],
    [[...needed, '--cluster-lease-duration=0s'], 'at least 1s'],
    [[...needed, '--cluster-lease-duration=1500ms'], 'of whole seconds'],
    [[...needed, '--leader-elect-lease-duration=10s'], 'greater than --leader-elect-renew-deadline'],
    [[...needed, '--leader-elect-renew-deadline=2s'], 'more than 1.2 times --leader-elect-retry-period'],
    [[...needed, '--leader-elect-retry-period=0s'], 'greater than 0'],
    [[...needed, '--log-format=yaml'], 'invalid value "yaml" for --log-format: must be text or json'],
    [[...needed, '--controllers=foo'], 'turns on none of clusterStatus, execution and certRotation'],
    [[...needed, '--concurrent-work-syncs=0'], 'at least 1'],
    [[...needed, '--metrics-bind-address=foo'], 'invalid value "foo" for --metrics-bind-address: give HOST:PORT'],
    [[...needed, '--health-probe-bind-address=::1:80'], 'an IPv6 host in brackets'],
    [[...needed, '--health-probe-bind-address=:65536'], 'invalid value ":65536"'],
    [[...needed, '--nonsense'], 'unknown flag: --nonsense'],
  ])('%j is refused: %s', (args, message) => {
    expect(() => parseOptions(args, {})).toThrow(message);
  });
});

test('the help has an example and every flag that means something', () => {
  expect(parseOptions(['--help'], {})).toBe('help');
  const text = usage('pullet agent');
  expect(text).toContain('pullet agent --cluster-name member1 --karmada-kubeconfig hub.kubeconfig');
  expect(text).toContain('--cluster-lease-duration');
  expect(text).not.toContain('--kube-api-qps');
});
