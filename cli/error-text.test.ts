import { describe, expect, test } from 'vitest';
import { newNotFound } from '../shared/apis/meta/status-error.ts';
import { errorText, exitCodeOf } from './error-text.ts';
import { UsageError } from './usage-error.ts';

describe('an error is one sentence for the user', () => {
  test('an API error says that the server said it', () => {
    const error = newNotFound({ group: 'cluster.karmada.io', resource: 'clusters', name: 'm1' });
    expect(errorText(error)).toBe('Error from server (NotFound): clusters.cluster.karmada.io "m1" not found');
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

  test('the exit code tells a wrong command line from a failure', () => {
    expect(exitCodeOf(new UsageError('x'), false)).toBe(2);
    expect(exitCodeOf(new Error('x'), false)).toBe(1);
    expect(exitCodeOf(new Error('x'), true)).toBe(130);
  });
});
