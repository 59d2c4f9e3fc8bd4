/** A line of a shell with kubectl in it, and what the user would see of it: output, errors and exit code, without what no two servers have in common. */

import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { newNormaliser } from '../normalise.ts';
import type { ConformanceServer } from '../servers.ts';

/** One after the other: in what they say, things are told apart by who was seen first. */
export type Kubectl = (command: string) => Promise<string>;

/** For a line that never ends; what is waited for in it comes at once, or as fast as the machine is. */
const timeout = 300_000;

/** @param directory holds the files that the commands name; `$HOME` is the server's own in it. */
export async function newKubectl({ name, kubeconfig }: ConformanceServer, directory: string): Promise<Kubectl> {
  const home = path.join(directory, name);
  await mkdir(home, { recursive: true });
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    KUBECONFIG: kubeconfig,
    KUBE_EDITOR: path.join(directory, 'editor.sh'),
  };
  const normaliser = newNormaliser();
  return async (command) => {
    const output = await new Promise<string>((resolve) =>
      execFile('sh', ['-c', command], { cwd: directory, env, timeout }, (error, stdout, stderr) =>
        resolve(`${stdout}${stderr}exit ${error?.code ?? error?.signal ?? 0}`),
      ),
    );
    return withoutTimes(withoutIntended(withoutGivingUp(normaliser.text(output))));
  };
}

/** What is told when time runs out that was meant to: it changes nothing, and a slow machine may not have come as far by then. */
const runsOut = /--(pod-running-)?timeout=4s\b/;
const times = 5;

/** Tells both, and again if they differ in what depends on the moment; the last of it counts. */
export async function saidByBoth(command: string, both: () => Promise<[string, string]>): Promise<[string, string]> {
  let said = await both();
  for (let time = 1; said[0] !== said[1] && runsOut.test(command) && time < times; time++) said = await both();
  return said;
}

/**
 * At the end of `wait --timeout` the deadline cuts the watch, and what watches is told to stop a moment later. In between it may ask again, which fails before
 * anything is sent, and log that: now and then, of any server (NewIndexerInformerWatcher of client-go waits for the channel alone, not for the deadline).
 */
export const withoutGivingUp = (output: string): string =>
  output.replace(
    /^E\d{4} \S+ +\d+ reflector\.go:\d+\] .*informerwatcher\.go:\d+: Failed to watch \S+: context deadline exceeded"\n/gm,
    '',
  );

/** As in intended-differences.md: what nothing acts on. */
const withoutIntended = (output: string): string => output.replace(/^Warning: this API server .*\n/gm, '');

function withoutTimes(output: string): string {
  return output
    .replace(/resourceVersion("?): "\d+"/g, 'resourceVersion$1: <rv>')
    .replace(/ {2,}/g, '  ')
    .replace(/Resource Version: +\d+/g, 'Resource Version: <rv>')
    .replace(/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000/g, '<time>')
    .replace(/^(diff .*|---.*|\+\+\+.*)$/gm, '<diff>')
    .replace(/\b((\d+m)?\d+s|([2-9]|1\d)m)\b( +)?/g, '<age>')
    .replace(/\/tmp\/\S+/g, '<file>');
}
