import { describe, expect, test } from 'vitest';
import { newNotFound, newServiceUnavailable } from '../../shared/apis/meta/status-error.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import type { Transport } from '../../shared/client/transport.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { newReadyFilter, probeMember, readyCondition } from './ready-condition.ts';

const signal = new AbortController().signal;

function memberAnswering(answers: Record<string, Error | string>): KubeClient {
  const raw = async ({ path }: { path: string }) => {
    const answer = answers[path] ?? newNotFound({ resource: 'paths' });
    if (typeof answer !== 'string') throw answer;
    return answer;
  };
  return { raw } as unknown as KubeClient;
}

/** Takes every request and says nothing until it is given up. */
function newSilentTransport(): Transport {
  const request: Transport['request'] = ({ signal }) =>
    new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }));
  return { request, close: async () => {} };
}

describe('the probe of a member', () => {
  test.each<[string, Record<string, Error | string>, string]>([
    ['ready', { '/readyz': 'ok' }, 'healthy'],
    ['an old one without /readyz', { '/healthz': 'ok' }, 'healthy'],
    ['not ready', { '/readyz': newServiceUnavailable('etcd'), '/healthz': 'ok' }, 'unreachable'],
    ['gone', { '/readyz': new Error('connect ECONNREFUSED') }, 'unreachable'],
  ])('%s', async (_name, answers, expected) => {
    expect(await probeMember({ member: memberAnswering(answers), clock: newFakeClock() }, signal)).toBe(expected);
  });

  test('one that never answers', async () => {
    const clock = newFakeClock();
    const client = newKubeClient({ transport: newSilentTransport(), clock });
    const probe = probeMember({ member: client, clock }, signal);
    await clock.advance(10_000);
    expect(await probe).toBe('unreachable');
  });

  test('says nothing of the member when it is interrupted', async () => {
    const clock = newFakeClock();
    const ending = new AbortController();
    const client = newKubeClient({ transport: newSilentTransport(), clock });
    const probe = probeMember({ member: client, clock }, ending.signal);
    ending.abort(new Error('the end'));
    await expect(probe).rejects.toThrow('the end');
  });
});

describe('the filter against flapping', () => {
  const is = (status: Condition['status']): Condition => ({
    type: 'Ready',
    status,
    reason: 'R',
    message: '',
    lastTransitionTime: '2020-01-01T00:00:00Z',
  });

  /** Each step: seconds since the start, what is observed, what the Cluster says, what passes. */
  test.each<[string, [number, Condition['status'], Condition['status'], Condition['status']][]]>([
    ['lets the first observation pass', [[0, 'False', 'True', 'False']]],
    [
      'holds a failure back for 30 s',
      [
        [0, 'True', 'True', 'True'],
        [10, 'False', 'True', 'True'],
        [39, 'False', 'True', 'True'],
        [40, 'False', 'True', 'False'],
      ],
    ],
    [
      'starts again when the failure was interrupted',
      [
        [0, 'True', 'True', 'True'],
        [10, 'False', 'True', 'True'],
        [20, 'True', 'True', 'True'],
        [30, 'False', 'True', 'True'],
        [59, 'False', 'True', 'True'],
        [60, 'False', 'True', 'False'],
      ],
    ],
    [
      "overwrites the hub's Unknown at once when the member was healthy all along",
      [
        [0, 'True', 'True', 'True'],
        [50, 'True', 'Unknown', 'True'],
      ],
    ],
    [
      'lets Unknown turn False at once',
      [
        [0, 'True', 'True', 'True'],
        [10, 'False', 'Unknown', 'False'],
      ],
    ],
  ])('%s', (_name, steps) => {
    let now = 0;
    const clock = { now: () => now, monotonic: () => now, setTimeout: () => () => {} };
    const filter = newReadyFilter({ clock, successThresholdMs: 30_000, failureThresholdMs: 30_000 });
    for (const [seconds, observed, current, expected] of steps) {
      now = seconds * 1000;
      expect(filter(is(observed), is(current)).status, `at ${seconds} s`).toBe(expected);
    }
  });
});

test('the transition time of Ready moves only with its status', () => {
  const first = readyCondition('healthy', undefined, 0);
  expect(first).toEqual({
    type: 'Ready',
    status: 'True',
    reason: 'ClusterReady',
    message: 'cluster is healthy and ready to accept workloads',
    lastTransitionTime: '1970-01-01T00:00:00Z',
  });
  expect(readyCondition('healthy', first, 5000).lastTransitionTime).toBe('1970-01-01T00:00:00Z');
  expect(readyCondition('unreachable', first, 5000).lastTransitionTime).toBe('1970-01-01T00:00:05Z');
});
