import { expect, test } from 'vitest';
import { newDialler } from './dialler.ts';
import { systemTimers, type Timers } from './timers.ts';

test('a certificate that can not be used ends the dialling, and nothing of it runs later', async () => {
  const waiting = new Set<() => void>();
  const setTimeout: Timers['setTimeout'] = (task) => {
    waiting.add(task);
    return () => waiting.delete(task);
  };
  const dialler = newDialler({ server: 'https://127.0.0.1:1' }, { ...systemTimers, setTimeout });
  const dialled = dialler.dial({ certPem: 'no certificate', keyPem: 'no key' });
  await expect(dialled).rejects.toThrow(/the certificates for 127\.0\.0\.1:1 can't be used/);
  for (const task of waiting) task();
  expect(waiting.size).toBe(0);
});
