import { expect, test } from 'vitest';
import { parseHubOptions, type RealApiOptions } from './options.ts';

test.each([
  ['nothing', [], '--data-dir is required'],
  ['a listener for an API that is not ours', ['--kubeconfig=k', '--listen=:1'], '--listen is for the embedded API'],
  [
    'a directory for one',
    ['--in-cluster', '--data-dir=d'],
    '--data-dir is for the embedded API and does not go with --in-cluster',
  ],
  ['an authority for our own', ['--data-dir=d', '--cluster-signing-cert-file=c'], 'is for a real Kubernetes API'],
  ['a listener that it has itself', ['--data-dir=d', '--health-probe-bind-address=:1'], 'is for a real Kubernetes API'],
  ['a listener without a port', ['--kubeconfig=k', '--metrics-bind-address=127.0.0.1'], 'needs a port'],
  ['half an authority', ['--kubeconfig=k', '--cluster-signing-cert-file=c'], 'go together'],
  ['a port that there is not', ['--data-dir=d', '--listen=:65536'], 'invalid value ":65536" for --listen'],
  ['no patience with heartbeats', ['--data-dir=d', '--cluster-monitor-grace-period=0s'], 'must be at least 1s'],
  ['none with newcomers', ['--data-dir=d', '--cluster-startup-grace-period=0s'], 'must be at least 1s'],
  ['an address of nobody', ['--data-dir=d', '--advertise-address=0.0.0.0'], 'that members can reach'],
])('%s is a wrong command line', (_what, args, message) => {
  expect(() => parseHubOptions(args, {})).toThrow(message);
});

test('what goes with which API', () => {
  expect(parseHubOptions(['--data-dir=d'], {})?.api).toEqual({
    kind: 'embedded',
    dataDir: 'd',
    host: '127.0.0.1',
    port: 6443,
  });
  expect(parseHubOptions(['--kubeconfig=k', '--context=c'], {})?.api).toEqual({
    kind: 'kubeconfig',
    kubeconfig: 'k',
    context: 'c',
    leaderElect: true,
  });
});

test.each([
  ['in a pod it is probed and measured', ['--in-cluster'], { healthAddress: ':10357', metricsAddress: ':8080' }],
  ['elsewhere it is not', ['--kubeconfig=k'], {}],
  [
    'or where the flags say',
    ['--in-cluster', '--health-probe-bind-address=[::1]:1', '--metrics-bind-address=0'],
    { healthAddress: '[::1]:1' },
  ],
])('%s', (_what, args, addresses) => {
  const api = parseHubOptions(args, {})?.api as RealApiOptions | undefined;
  expect({ healthAddress: api?.healthAddress, metricsAddress: api?.metricsAddress }).toEqual(addresses);
});
