import type { KubeClient } from '../shared/client/client.ts';
import { newFakeClock } from '../shared/controller/fake-clock.ts';
import type { Factory } from './factory.ts';
import { runPullet } from './pullet.ts';
import { newStreams } from './streams.ts';

/** For tests: a shell in which command lines are typed against clients in memory. */
export interface FakeShell {
  factory: Factory;
  /** What was printed so far; a test may empty it. */
  out: string;
  err: string;
  /** Runs one line, its words as they are given or apart at blanks; resolves to the exit code. */
  pullet(...line: string[]): Promise<number>;
}

/** Every client is `hub` unless `change` says something else. */
export function newFakeShell(hub: KubeClient, change: Partial<Factory> = {}): FakeShell {
  const endpoint = { server: 'https://hub.example.com:6443', clusterName: 'hub' };
  const shell: FakeShell = {
    factory: {
      hubClient: async () => hub,
      hubEndpoint: async () => endpoint,
      memberClient: async () => hub,
      memberEndpoint: async () => endpoint,
      clientFor: () => hub,
      streams: {
        ...newStreams({
          out: (text) => {
            shell.out += text;
          },
          err: (text) => {
            shell.err += text;
          },
        }),
        in: async () => '',
        isTerminal: false,
      },
      clock: newFakeClock(),
      env: {},
      signal: new AbortController().signal,
      close: async () => undefined,
      ...change,
    },
    out: '',
    err: '',
    pullet: (...line) => runPullet(line.length > 1 ? line : (line[0] ?? '').split(' '), shell.factory),
  };
  return shell;
}
