import { expect, test } from 'vitest';
import { parseHubOptions } from './options.ts';

test.each([
  ['nothing', [], '--data-dir is required'],
  ['a listener for an API that is not ours', ['--kubeconfig=k', '--listen=:1'], '--listen is for the embedded API'],
  [
    'a directory for one',
    ['--in-cluster', '--data-dir=d'],
    '--data-dir is for the embedded API and does not go with --in-cluster',
  ],
  ['an authority for our own', ['--data-dir=d', '--cluster-signing-cert-file=c'], 'is for a real Kubernetes API'],
  ['half an authority', ['--kubeconfig=k', '--cluster-signing-cert-file=c'], 'go together'],
  ['a port that there is not', ['--data-dir=d', '--listen=:65536'], 'invalid value ":65536" for --listen'],
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
