#!/usr/bin/env node
import { systemClock } from '../shared/controller/system-clock.ts';
import { type ProcessContext, runIfMain } from '../shared/process/program.ts';
import { startAgent } from './agent.ts';
import { settleEngine } from './engine-settings.ts';
import { newLogger } from './log.ts';
import { parseOptions, usage } from './options.ts';

/** The process of the agent: options, log, agent, and then waiting for a signal. */

/** Resolves when the agent was asked to end and has; throws, in words, when it can't start or go on. */
export async function runAgent(args: string[], context: ProcessContext): Promise<void> {
  if (args[0] === 'doctor') return (await import('./doctor-command.ts')).runAgentDoctor(args.slice(1), context);
  const { streams, env, signal } = context;
  settleEngine();
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
