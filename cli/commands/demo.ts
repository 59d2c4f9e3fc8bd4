import { Command } from 'commander';
import { runDemo } from '../demo/demo.ts';
import type { Factory } from '../factory.ts';
import { collectEach, integerFlag } from '../flags.ts';

/** `pullet demo`: see it work, without a cluster. */

interface DemoFlags {
  member?: string[];
  dataDir?: string;
  port: number;
  exit: boolean;
}

export function newDemoCommand(factory: Factory): Command {
  return new Command('demo')
    .description('A hub, two simulated clusters that join it, and a workload delivered to both')
    .option('--member <kubeconfig>', 'use this real cluster instead of simulated ones; repeatable', collectEach)
    .option(
      '--data-dir <dir>',
      'keep everything in this folder, which must be empty (default: a temporary one, removed at the end)',
    )
    .option('--port <port>', 'port of the hub on 127.0.0.1; 0 takes a free one', integerFlag('--port'), 0)
    .option('--exit', 'end when the workload has arrived, instead of staying up', false)
    .addHelpText(
      'after',
      '\nExamples:\n  pullet demo\n  pullet demo --exit\n  pullet demo --member kind1.kubeconfig --member kind2.kubeconfig',
    )
    .action(async ({ member, dataDir, port, exit }: DemoFlags) => {
      await runDemo({ members: member ?? [], ...(dataDir ? { dataDir } : {}), port, exit }, factory);
    });
}
