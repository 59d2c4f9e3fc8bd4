import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import { newProcessFactory } from './process-factory.ts';
import { watchOutput } from './streams.ts';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

test('who reads no more is no error, and what did not arrive is one, told once', () => {
  const stream = new EventEmitter();
  const tell = { gone: vi.fn(), lost: vi.fn() };
  watchOutput(stream, tell);
  stream.emit('error', failure('EPIPE'));
  expect([tell.gone.mock.calls.length, tell.lost.mock.calls.length]).toEqual([1, 0]);
  stream.emit('error', failure('ENOSPC'));
  stream.emit('error', failure('ENOSPC'));
  expect(tell.lost.mock.calls).toEqual([[failure('ENOSPC')]]);
});

test('a pipe that breaks when the command is over ends nothing with a stack trace', async () => {
  const factory = newProcessFactory();
  await factory.close();
  for (const stream of [process.stdout, process.stderr]) {
    expect(() => stream.emit('error', failure('EPIPE'))).not.toThrow();
  }
});
