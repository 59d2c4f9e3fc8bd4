import { expect, test } from 'vitest';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import { newTeardown } from './teardown.ts';

test('what was started last is stopped first, and one failure does not keep the rest from stopping', async () => {
  const stopped: string[] = [];
  const teardown = newTeardown(silentLogger);
  teardown.add('first', () => void stopped.push('first'));
  teardown.add('broken', () => Promise.reject(new Error('no')));
  teardown.add('last', async () => void stopped.push('last'));
  await Promise.all([teardown.run(), teardown.run()]);
  await teardown.run();
  expect(stopped).toEqual(['last', 'first']);
});
