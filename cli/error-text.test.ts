import { describe, expect, test } from 'vitest';
import { newNotFound, newPathNotFound } from '../shared/apis/meta/status-error.ts';
import { ProxyError } from '../shared/client/proxy.ts';
import { errorText, exitCodeOf, Interrupted } from './error-text.ts';
import { UsageError } from './usage-error.ts';

describe('an error is one sentence for the user', () => {
  test('an API error says that the server said it', () => {
    const error = newNotFound({ group: 'cluster.karmada.io', resource: 'clusters', name: 'm1' });
    expect(errorText(error)).toBe('Error from server (NotFound): clusters.cluster.karmada.io "m1" not found');
  });

  test('what is not served at all is asked of a cluster that is no hub, most of the time', () => {
    expect(errorText(newPathNotFound())).toBe(
      'Error from server (NotFound): the server could not find the requested resource\n' +
        'Is this a hub? See that --kubeconfig, or KUBECONFIG, names the one of the hub, and not of a member.',
    );
  });

  test('a cause is told once', () => {
    const inner = new Error('connect ECONNREFUSED 127.0.0.1:1');
    expect(errorText(new Error('cannot reach the hub', { cause: inner }))).toBe(
      'error: cannot reach the hub: connect ECONNREFUSED 127.0.0.1:1',
    );
    expect(errorText(new Error(`cannot reach the hub: ${inner.message}`, { cause: inner }))).toBe(
      'error: cannot reach the hub: connect ECONNREFUSED 127.0.0.1:1',
    );
  });

  test('a proxy in the way comes with what to do, once', () => {
    const inner = new ProxyError('the proxy http://p:1 answered 403', { fix: 'Let it through.', status: 403 });
    expect(errorText(inner)).toBe('error: the proxy http://p:1 answered 403\nLet it through.');
    const outer = new Error('cannot reach the cluster: the proxy http://p:1 answered 403', { cause: inner });
    expect(errorText(outer)).toBe(
      'error: cannot reach the cluster: the proxy http://p:1 answered 403\nLet it through.',
    );
    const told = new Error('x: the proxy http://p:1 answered 403\nLet it through.', { cause: inner });
    expect(errorText(told)).toBe(`error: ${told.message}`);
  });

  test('the exit code tells a wrong command line from a failure, and which signal ended the command', () => {
    const { signal } = new AbortController();
    expect(exitCodeOf(new UsageError('x'), signal)).toBe(2);
    expect(exitCodeOf(new Error('x'), signal)).toBe(1);
    const codeAfter = (reason?: unknown): number => exitCodeOf(new Error('x'), AbortSignal.abort(reason));
    const names = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'] as const;
    expect(names.map((name) => codeAfter(new Interrupted(name)))).toEqual([130, 143, 129, 141]);
    expect(codeAfter()).toBe(130);
  });
});
