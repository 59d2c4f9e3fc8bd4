#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { systemClock } from '../shared/controller/system-clock.ts';
import { type ProcessContext, runIfMain } from '../shared/process/program.ts';
import { startAgent } from './agent.ts';
import { newLogger } from './log.ts';
import { parseOptions, usage } from './options.ts';

/** The process of the agent: options, log, agent, and then waiting for a signal. */

/**
 * The agent shares its machine with the workloads: V8 must not grow the space of short-lived objects from 1 to 16 MiB. After 500 Works that is 69 instead of
 * 143 MiB resident, for a sixth more CPU while they are delivered.
 */
const KEEP_YOUNG_SPACE_SMALL = '--semi-space-growth-factor=1';
/** The old space is collected when it has grown by a third, not when it has doubled or more: after 500 Works 81 instead of 100 MiB, for no more CPU than is lost in the noise. */
const COLLECT_OFTEN = '--heap-growing-percent=30';

/** Resolves when the agent was asked to end and has; throws, in words, when it can't start or go on. */
export async function runAgent(args: string[], context: ProcessContext): Promise<void> {
  if (args[0] === 'doctor') return (await import('./doctor-command.ts')).runAgentDoctor(args.slice(1), context);
  const { streams, env, signal } = context;
  for (const flag of [KEEP_YOUNG_SPACE_SMALL, COLLECT_OFTEN]) setFlagsFromString(flag);
  const options = parseOptions(args, env);
  if (options === 'help') return streams.out(usage('pullet agent'));
  const clock = systemClock;
  const log = newLogger({
    format: options.logFormat,
    verbosity: options.verbosity,
    write: streams.err,
    now: clock.now,
  });
  const keepAlive = setInterval(() => {}, 2 ** 30);
  try {
    const agent = await startAgent(options, { clock, log });
    const asked = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([asked, agent.ended]);
    await agent.stop();
  } finally {
    clearInterval(keepAlive);
  }
}

await runIfMain({ name: 'agent', url: import.meta.url, run: runAgent });
