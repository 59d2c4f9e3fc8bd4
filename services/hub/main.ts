#!/usr/bin/env node
import { systemClock } from '../../shared/controller/system-clock.ts';
import { type ProcessContext, runIfMain } from '../../shared/process/program.ts';
import { runBackup } from './backup/backup-command.ts';
import { runRestore } from './backup/restore-command.ts';
import { runCa } from './ca/ca-command.ts';
import { limitHeapGrowth } from './heap-growth.ts';
import { startHub } from './hub.ts';
import { newLogger } from './log.ts';
import { HUB_HELP, parseHubOptions } from './options.ts';
import { startSimulatedMember } from './simulated-member.ts';

/** The process of the hub: options, log, hub, and then waiting for a signal. */

/** For a process that runs a hub beside other things: what `runHub` is made of, and simulated members. */
export const hubParts = { parseHubOptions, newLogger, startHub, startSimulatedMember, clock: systemClock };

/** `pullet hub`, and with one of these words first what is done beside a hub. */
export async function runHub(args: string[], context: ProcessContext): Promise<void> {
  const [word, ...rest] = args;
  if (word === 'backup') return runBackup(rest, context);
  if (word === 'ca') return runCa(rest, context, () => systemClock.now());
  if (word === 'restore') return runRestore(rest, context, () => systemClock.now());
  return serve(args, context);
}

/** Resolves when the hub was asked to end and has; throws, in words, when it can't start or go on. */
async function serve(args: string[], { streams, env, signal }: ProcessContext): Promise<void> {
  const options = parseHubOptions(args, env);
  if (!options) return streams.out(HUB_HELP);
  const log = newLogger({ format: options.logFormat, verbosity: options.verbosity, write: streams.err });
  limitHeapGrowth();
  const keepAlive = setInterval(() => {}, 2 ** 30);
  try {
    const hub = await startHub(options, { clock: systemClock, log }, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (!hub) return log.info({}, 'the hub was asked to end before it was ready');
    await Promise.race([aborted(signal), hub.ended]);
    log.info({}, 'the hub is stopping');
    await hub.stop();
    await hub.ended;
  } finally {
    clearInterval(keepAlive);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

await runIfMain({ name: 'hub', url: import.meta.url, run: runHub });
